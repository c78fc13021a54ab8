"""What the city is building and trying out, on a map and in a list."""
