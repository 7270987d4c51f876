"""Projects: stages and gates, agreements, milestones, progress, capital."""
