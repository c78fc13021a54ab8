"""The page for people who write programs that use the city's data."""
