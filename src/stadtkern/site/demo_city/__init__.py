"""Open data of the demo city, and what loads it."""
