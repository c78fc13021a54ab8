"""Plays the city's ticket machines."""
