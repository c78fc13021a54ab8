"""Staff pages: devices in the field."""
