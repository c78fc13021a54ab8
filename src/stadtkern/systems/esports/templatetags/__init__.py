"""The tag library `esports`."""
