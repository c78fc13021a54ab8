"""OCPP 1.6: what points tell, and how our commands are worded."""

from stadtkern.systems.charging.ocpp.v16.incoming import HANDLERS
from stadtkern.systems.charging.ocpp.v16.outgoing import compose

__all__ = ["HANDLERS", "compose"]
