"""XZuFi, the German exchange format for descriptions of services: reading and writing."""
