"""Acts on snapshots, periods and targets; each module is used by its name."""
