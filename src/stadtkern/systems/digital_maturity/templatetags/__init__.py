"""The tag library `maturity`."""
