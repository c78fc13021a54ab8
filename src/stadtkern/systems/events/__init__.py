"""What is on in the city: concerts, markets, meetings, courses."""
