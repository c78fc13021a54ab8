"""The tag library `events`."""
