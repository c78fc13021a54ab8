"""News from the city, by topic and district, also on your phone."""
