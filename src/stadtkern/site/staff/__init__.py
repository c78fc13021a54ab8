"""Pages for the city's own people: what needs attention, and the means to put it right."""
