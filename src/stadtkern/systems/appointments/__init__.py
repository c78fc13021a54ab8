"""Book an appointment with the city, wait your turn, and be called."""
