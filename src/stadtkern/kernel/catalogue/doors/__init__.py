"""Doors for programs to rows of tables: tabular API, CKAN, OGC API Features, tiles, files."""
