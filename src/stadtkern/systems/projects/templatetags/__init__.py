"""The tag library `projects`."""
