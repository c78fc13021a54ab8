"""Charge points that speak OCPP 1.6 and 2.0.1, with cars that come, charge and go."""
