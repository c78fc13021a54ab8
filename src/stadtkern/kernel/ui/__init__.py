"""What all pages share: base templates, tags, the city's colours and the built front end."""
