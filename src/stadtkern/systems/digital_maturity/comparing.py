"""Two dates beside each other: which services rose, fell, or were measured for the first time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stadtkern.systems.digital_maturity import picture
from stadtkern.systems.digital_maturity.definition import Definition
from stadtkern.systems.digital_maturity.models import MaturityModel
from stadtkern.systems.digital_maturity.picture import Distribution, Standing


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One service whose level is not the same; None: not measured then."""

    service: Standing
    before: int | None
    after: int | None

    @property
    def kind(self) -> str:
        """`new`, `up`, `down` or `gone`."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        return "up" if self.after > self.before else "down"


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Both distributions, and every service that moved."""

    before: Distribution
    after: Distribution
    moves: tuple[Move, ...]


def compare(
    model: MaturityModel, definition: Definition, first: date, last: date, office: int | None = None
) -> Comparison:
    """The evening of one day and of another, of the whole city or of one office."""
    old = _of(picture.standings(model, picture.end_of(first)), office)
    new = _of(picture.standings(model, picture.end_of(last)), office)
    levels = {one.number: one.level for one in old}
    moves = [Move(service=one, before=levels.get(one.number), after=one.level) for one in new
             if levels.get(one.number) != one.level]  # fmt: skip
    return Comparison(
        before=picture.distribution(old, definition), after=picture.distribution(new, definition),
        moves=tuple(sorted(moves, key=lambda m: (-(m.service.yearly or 0), m.service.title))),
    )  # fmt: skip


def _of(rows: Sequence[Standing], office: int | None) -> list[Standing]:
    return [one for one in rows if office is None or one.department == office]
