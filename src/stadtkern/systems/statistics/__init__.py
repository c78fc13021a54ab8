"""The city in tables and charts: people, social life, work."""
