"""Promotion events, who came, and what was promoted there."""
