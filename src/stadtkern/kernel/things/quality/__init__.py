"""Flags of observations: which values are not to be trusted, and why. No value is ever changed."""
