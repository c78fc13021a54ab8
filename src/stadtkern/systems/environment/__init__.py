"""Environment: weather, air quality and counts in the city."""
