"""Template tags of social benefits."""
