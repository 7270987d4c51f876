"""Companies, people and the offices they hold."""
