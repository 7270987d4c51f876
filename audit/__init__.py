"""Who did what (append-only, plain values, no foreign key), and what of it can be undone."""
