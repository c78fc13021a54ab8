"""Plays the seven apps that sell parking."""
