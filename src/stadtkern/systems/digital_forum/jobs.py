"""Background work of the forum."""

from stadtkern.systems.digital_forum.logic import assist, screens


def tidy() -> str:
    """End sessions at which nobody is any more; throw codes away that are over."""
    ended, gone = assist.end_due(), screens.tidy()
    return f"{ended} sessions ended, {gone} codes deleted"
