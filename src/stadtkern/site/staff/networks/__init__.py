"""Staff pages: networks."""
