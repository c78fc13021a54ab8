"""The door for messages over HTTP: `/api/devices/<network>`."""
