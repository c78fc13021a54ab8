"""Where electric cars charge, which points are free, and what it costs."""
