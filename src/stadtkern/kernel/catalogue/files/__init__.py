"""Files that people publish: read, typed, checked."""
