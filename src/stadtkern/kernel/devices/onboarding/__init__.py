"""Devices on their way into the field: read from a label, proposed, placed, made, replaced."""
