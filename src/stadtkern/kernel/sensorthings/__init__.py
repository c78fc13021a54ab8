"""The OGC SensorThings API 1.1 over things: parse -> plan -> run -> write."""
