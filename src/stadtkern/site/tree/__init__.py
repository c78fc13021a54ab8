"""The process tree of a small city: its own PostgreSQL, MQTT broker and the processes beside."""
