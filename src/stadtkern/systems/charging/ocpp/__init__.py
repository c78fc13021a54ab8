"""The central system of OCPP 1.6-J and 2.0.1: sockets, messages, commands."""
