"""The tag library `news`."""
