"""OCPP 2.0.1: what stations tell, and how our commands are worded."""

from stadtkern.systems.charging.ocpp.v201.incoming import HANDLERS
from stadtkern.systems.charging.ocpp.v201.outgoing import compose

__all__ = ["HANDLERS", "compose"]
