"""Interfaces that several systems share, at the addresses that their standards are promised."""
