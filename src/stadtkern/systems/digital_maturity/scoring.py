"""What answers are worth: the level of each criterion, and the lowest of them as the whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from stadtkern.systems.digital_maturity.definition import Criterion, Definition, Question, Way

Answers = Mapping[str, str]
State = Literal["scored", "open", "unneeded"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How one criterion stands; `level` only where it is scored, `open` names what is missing."""

    number: int
    state: State
    level: int | None = None
    open: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The whole: void (`level` None) while anything is open or nothing applies.

    `blocking` are the criteria that hold the level down: those at the lowest level.
    """

    verdicts: tuple[Verdict, ...]
    level: int | None
    open: tuple[str, ...]
    blocking: tuple[int, ...]

    @property
    def scores(self) -> dict[str, int | None]:
        """Levels by number of the criterion; None: not needed."""
        return {str(one.number): one.level for one in self.verdicts}


def shown(criterion: Criterion, answers: Answers) -> list[Question]:
    """The questions that are asked after these answers: what is not asked has no say."""
    found: list[Question] = []
    heard: dict[str, str] = {}
    for one in criterion.questions:
        if not one.show or any(_exactly(way, heard) for way in one.show):
            found.append(one)
            if answers.get(one.id):
                heard[one.id] = answers[one.id]
    return found


def heard(criterion: Criterion, answers: Answers) -> dict[str, str]:
    """The answers to the questions that are asked."""
    return {one.id: answers[one.id] for one in shown(criterion, answers) if answers.get(one.id)}


def verdict(definition: Definition, criterion: Criterion, answers: Answers) -> Verdict:
    """How a criterion stands after these answers."""
    said = heard(criterion, answers)
    if any(_exactly(way, said) for way in criterion.unneeded):
        return Verdict(number=criterion.number, state="unneeded")
    missing = tuple(one.id for one in shown(criterion, answers) if one.id not in said)
    if missing:
        return Verdict(number=criterion.number, state="open", open=missing)
    ranks = {one.id: [o.value for o in one.options] for one in criterion.questions
             if one.kind == "grade"}  # fmt: skip
    reached = [rule.level for rule in criterion.rules
               if any(_at_least(way, said, ranks) for way in rule.when)]  # fmt: skip
    return Verdict(number=criterion.number, state="scored",
                   level=max(reached, default=definition.bottom))  # fmt: skip


def outcome(definition: Definition, answers: Answers) -> Outcome:
    """The whole after these answers."""
    verdicts = tuple(verdict(definition, one, answers) for one in definition.criteria)
    missing = tuple(q for one in verdicts for q in one.open)
    levels = [one.level for one in verdicts if one.level is not None]
    level = min(levels) if levels and not missing else None
    return Outcome(
        verdicts=verdicts, level=level, open=missing,
        blocking=blocking({one.number: one.level for one in verdicts}) if level is not None else (),
    )  # fmt: skip


def blocking(scores: Mapping[int, int | None]) -> tuple[int, ...]:
    """The criteria at the lowest level."""
    levels = [one for one in scores.values() if one is not None]
    return tuple(no for no, one in scores.items() if levels and one == min(levels))


def lifted(scores: Mapping[int, int | None], away: Iterable[int]) -> int | None:
    """The level if these criteria held nothing down any more; None: no other is left."""
    gone = set(away)
    rest = [one for no, one in scores.items() if one is not None and no not in gone]
    return min(rest, default=None)


def _exactly(way: Way, said: Answers) -> bool:
    return all(said.get(name) == value for name, value in way.items())


def _at_least(way: Way, said: Answers, ranks: Mapping[str, list[str]]) -> bool:
    """Grades may be better than the way asks for, so that a lifted answer never closes one."""
    for name, value in way.items():
        if name not in said:
            return False
        if name in ranks:
            if ranks[name].index(said[name]) < ranks[name].index(value):
                return False
        elif said[name] != value:
            return False
    return True
