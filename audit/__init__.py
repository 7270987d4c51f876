"""Who did what: append-only, plain values, no foreign key."""
