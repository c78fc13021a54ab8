"""OCPI 2.2.1 as the sender: who is a partner reads locations, tariffs, sessions and bills."""
