"""Whatever is published is a Dataset: its metadata, its resources, and the tables of their rows."""
