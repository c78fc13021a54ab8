"""Plays payment providers and the city's bank; imports nothing of the platform."""
