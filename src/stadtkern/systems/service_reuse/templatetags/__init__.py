"""The tag library `reuse`."""
