"""What happened, what was promised, what was ordered; and the lights that look at all of it."""
