"""Files of a case: taken after a close look, sealed at rest, handed out only when clean."""

from stadtkern.kernel.cases.documents.keep import (
    add,
    content,
    handed_out,
    remove,
    room_left,
)
from stadtkern.kernel.cases.documents.limits import PER_FILE
from stadtkern.kernel.cases.documents.problem import NotTaken

__all__ = ["PER_FILE", "NotTaken", "add", "content", "handed_out", "remove", "room_left"]
