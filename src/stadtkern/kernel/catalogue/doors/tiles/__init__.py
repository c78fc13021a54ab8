"""Vector tiles of spatial tables, drawn when they are asked for."""
