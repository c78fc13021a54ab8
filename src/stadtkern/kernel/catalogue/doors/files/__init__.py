"""Rows as files to take along, and files as they came."""
