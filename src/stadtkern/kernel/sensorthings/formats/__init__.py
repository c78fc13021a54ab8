"""The forms of an answer: JSON, data arrays, CSV and GeoJSON, all made from the same rows."""
