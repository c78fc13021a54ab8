"""Display boards of the parking guidance: three protocols, a page that looks like the boards."""
