"""What is due, and to whom: plan and compose."""
