"""The pages staff use all day."""
