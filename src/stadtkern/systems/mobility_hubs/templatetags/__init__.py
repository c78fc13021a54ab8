"""Template tags of the mobility stations."""
