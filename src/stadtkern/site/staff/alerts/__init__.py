"""Staff pages: rules and alerts."""
