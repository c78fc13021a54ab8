"""People find datasets: words with their kin, facets, a box on the map, and what is related."""
