"""Staff pages: gateways."""
