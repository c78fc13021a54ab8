"""The federal register of charging stations: read a file, compare, take what is clear."""
