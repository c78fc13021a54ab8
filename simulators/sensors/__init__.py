"""A simulator of LoRaWAN sensors behind a ChirpStack network server."""
