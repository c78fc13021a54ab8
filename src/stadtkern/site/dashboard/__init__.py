"""The public face of the city: home, search, dashboard, places and their history."""
