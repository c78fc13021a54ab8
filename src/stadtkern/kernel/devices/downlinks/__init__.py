"""Messages to devices: `send` for systems and pages, and what becomes of them."""

from stadtkern.kernel.devices.downlinks.change import cancel, repeat
from stadtkern.kernel.devices.downlinks.refused import Refused
from stadtkern.kernel.devices.downlinks.send import send

__all__ = ["Refused", "cancel", "repeat", "send"]
