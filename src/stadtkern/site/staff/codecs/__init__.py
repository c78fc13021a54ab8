"""Staff pages: codecs."""
