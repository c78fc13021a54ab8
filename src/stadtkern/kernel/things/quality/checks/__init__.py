"""The kinds of checks, one class each, after QARTOD (IOOS) and the Argo quality control manual."""

from typing import Protocol

from stadtkern.kernel.things.quality.checks.flat import Flat
from stadtkern.kernel.things.quality.checks.humidity import Humidity
from stadtkern.kernel.things.quality.checks.late import Late
from stadtkern.kernel.things.quality.checks.neighbours import Neighbours
from stadtkern.kernel.things.quality.checks.range import Range
from stadtkern.kernel.things.quality.checks.repeat import Repeat
from stadtkern.kernel.things.quality.checks.settings import Setting
from stadtkern.kernel.things.quality.checks.spike import Spike
from stadtkern.kernel.things.quality.scope import Scope, Verdict


class Kind(Protocol):
    """What a kind of check can do."""

    @property
    def kind(self) -> str:
        """Its name in `Check.kind`."""

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What can be set of it."""

    def find(self, scope: Scope) -> list[Verdict]:
        """The observations that fail, with the reason."""


KINDS: dict[str, Kind] = {
    one.kind: one for one in (Range(), Spike(), Flat(), Late(), Repeat(), Neighbours(), Humidity())
}
