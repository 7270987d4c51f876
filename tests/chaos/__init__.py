"""Breaks the delivery of reminders on purpose and counts what was lost: `make chaos`."""
