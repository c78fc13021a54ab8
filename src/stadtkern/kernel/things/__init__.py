"""Things, their datastreams and the observation store (OGC SensorThings 1.1 words)."""
