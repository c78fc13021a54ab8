"""Staff pages: checks of observations."""
