"""Whatever a person asks of the city: services, forms, applications, messages, documents."""
