"""Reads timetables, delays and shared vehicles of others into our own rows."""
