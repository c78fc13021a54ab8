"""The tag library `appointments`."""
