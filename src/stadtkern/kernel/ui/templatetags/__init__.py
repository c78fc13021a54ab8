"""The tag library `ui`."""
