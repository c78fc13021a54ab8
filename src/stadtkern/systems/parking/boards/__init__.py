"""How the city speaks to its display boards: one class for each protocol."""
