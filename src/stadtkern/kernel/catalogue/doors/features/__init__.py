"""OGC API Features: Part 1 (Core), 2 (CRS) and 3 (Filtering)."""
