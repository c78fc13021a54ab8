"""CQL2 as text and as JSON (OGC 21-065r2), made into conditions on rows."""
