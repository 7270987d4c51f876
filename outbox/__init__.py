"""The only code that sends anything to anybody."""
