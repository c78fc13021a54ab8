"""Why a step of the way did not go; each text says what to do next."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.moves import NotPossible


class NotSent(NotPossible):
    """It cannot be sent like this."""


class Incomplete(NotSent):
    """Answers are missing or wrong; `faults` are those of `forms.run.faults`."""

    def __init__(self, faults: Sequence[Any]) -> None:
        super().__init__(_("Some answers are missing or need another look."))
        self.faults = list(faults)


class LevelMissing(NotSent):
    """Sending this needs a higher level of trust than was reached."""

    def __init__(self, level: int) -> None:
        super().__init__(_("For this you have to prove who you are. What you entered is kept."))
        self.level = level


class Overtaken(NotPossible):
    """The same step was saved elsewhere meanwhile; `case` is as it is now."""

    def __init__(self, case: Any) -> None:
        super().__init__(
            _("This step was saved on another device or in another window meanwhile. "
              "What you typed is still here. Compare, and save once more.")
        )  # fmt: skip
        self.case = case


class NotOpen(NotPossible):
    """This form cannot be begun, or is not filled in any more."""
