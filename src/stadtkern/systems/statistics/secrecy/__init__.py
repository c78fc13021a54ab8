"""Keeps small counts secret, so that nobody works them out from sums, tables or editions."""
