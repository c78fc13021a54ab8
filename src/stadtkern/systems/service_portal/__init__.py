"""What the city does for you: find it, apply, follow it, from one account."""
