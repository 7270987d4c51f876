"""People, departments, roles, and who sees what."""
