"""Measures and their analyses, for staff."""
