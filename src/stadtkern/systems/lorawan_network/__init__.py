"""The city's LoRaWAN: what it is for, how far it reaches, how to join."""
