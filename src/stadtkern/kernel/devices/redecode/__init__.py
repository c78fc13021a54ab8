"""Kept messages once more through the present codecs: tried first, run, and undone."""

from stadtkern.kernel.devices.redecode.preview import Preview, preview
from stadtkern.kernel.devices.redecode.run import Redecoded, begin, carry_on, redecode, stop
from stadtkern.kernel.devices.redecode.selection import Selection
from stadtkern.kernel.devices.redecode.undo import Blocked, undo

__all__ = [
    "Blocked",
    "Preview",
    "Redecoded",
    "Selection",
    "begin",
    "carry_on",
    "preview",
    "redecode",
    "stop",
    "undo",
]
