"""Observations posted one by one: those that wait together are written by one statement."""
