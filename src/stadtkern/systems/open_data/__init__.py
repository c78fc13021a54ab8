"""Open data of the city: find it, look at it, take it along."""
