"""What effect a measure had, for everybody to read."""
