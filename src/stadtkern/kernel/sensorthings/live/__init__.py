"""Changes as they are committed: to MQTT subscribers, to server-sent events, and in from MQTT."""
