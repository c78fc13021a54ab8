"""What states and outcomes of harvesting are called, and their signs."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.catalogue.models import Line, Run
from stadtkern.kernel.contract import State

STATES: Final[dict[str, tuple[State, str | Promise]]] = {
    Run.WAITING: ("info", _("is about to begin")),
    Run.RUNNING: ("info", _("going on")),
    Run.DONE: ("good", _("done")),
    Run.FAILED: ("bad", _("broken off")),
}
OUTCOMES: Final[dict[str, tuple[State, str | Promise]]] = {
    Line.NEW: ("good", _("new")),
    Line.CHANGED: ("info", _("changed")),
    "unchanged": ("none", _("unchanged")),
    Line.GONE: ("tight", _("withdrawn")),
    Line.REFUSED: ("bad", _("refused")),
}


def counted(run: Run) -> list[tuple[State, str | Promise, int]]:
    """Sign, word and number of each outcome that a run had."""
    return [
        (sign, word, run.counts[key])
        for key, (sign, word) in OUTCOMES.items() if run.counts.get(key)
    ]  # fmt: skip
