"""The pages that act on projects and milestones."""
