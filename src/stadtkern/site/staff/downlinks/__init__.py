"""Staff pages: messages to devices."""
