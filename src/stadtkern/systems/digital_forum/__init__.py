"""Help with the city's online services, at one place: book a session or a device."""
