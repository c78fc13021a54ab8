"""Meet and play in the city's youth centres: meetings, seats and tournaments."""
