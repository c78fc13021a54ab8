"""Whether a condition holds, given a way to look answers up."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.cases.forms.parts import Condition, Test

# The answers of a field: one, or one for each repetition; None where there is none.
Look = Callable[[str], Sequence[Any]]
EMPTY: Final[tuple[Any, ...]] = (None, "", [], {}, ())


def holds(condition: Condition, look: Look) -> bool:
    """All of `all` and, where there is one, at least one of `any`."""
    if not all(_one(each, look) for each in condition.all):
        return False
    return not condition.any or any(_one(each, look) for each in condition.any)


def _one(part: Test | Condition, look: Look) -> bool:
    if isinstance(part, Condition):
        return holds(part, look)
    return any(meets(part, answer) for answer in look(part.field) or (None,))


def meets(test: Test, answer: Any) -> bool:
    """Whether one answer meets a comparison; never raises, whatever the answer is."""
    empty = is_empty(answer)
    match test.op:
        case "filled":
            return not empty
        case "empty":
            return empty
        case "is":
            return not empty and _same(answer, test.value)
        case "is_not":
            return empty or not _same(answer, test.value)
        case "in":
            return not empty and any(_same(answer, one) for one in _rows(test.value))
        case "not_in":
            return empty or not any(_same(answer, one) for one in _rows(test.value))
        case "less" | "more":
            return not empty and _ordered(test, answer)
        case "age_under" | "age_at_least":
            return not empty and _aged(test, answer)


def is_empty(answer: Any) -> bool:
    """Whether nothing was answered; no and zero are answers."""
    return answer is None or (not isinstance(answer, bool | int | float) and answer in EMPTY)


def today() -> date:
    """The day it is in the city."""
    return timezone.localtime(clock.now()).date()


def age_on(birth: date, day: date) -> int:
    """Whole years; who was born on 29 February gets older on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _same(answer: Any, value: Any) -> bool:
    if isinstance(answer, list):
        return value in answer
    # `1 == True` in Python; yes is not one.
    return bool(answer == value) and isinstance(answer, bool) == isinstance(value, bool)


def _ordered(test: Test, answer: Any) -> bool:
    value = test.value
    if isinstance(answer, str) and isinstance(value, int | float):
        day, value = as_day(answer), moved(value)
        if day is None or value is None:
            return False
        answer = day
    try:
        return bool(answer < value if test.op == "less" else answer > value)
    except TypeError:
        return False


def moved(days: float) -> date | None:
    """The day so many days from today; None where the calendar ends before it."""
    try:
        return today() + timedelta(days=int(days))
    except (OverflowError, ValueError):
        return None


def _aged(test: Test, answer: Any) -> bool:
    birth = as_day(answer)
    if birth is None or not isinstance(test.value, int | float):
        return False
    younger = age_on(birth, today()) < test.value
    return younger if test.op == "age_under" else not younger


def as_day(answer: Any) -> date | None:
    """A date in ISO form; None for everything else."""
    try:
        return date.fromisoformat(answer) if isinstance(answer, str) else None
    except ValueError:
        return None


def _rows(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def named(condition: Condition) -> set[str]:
    """The fields that a condition speaks of."""
    found: set[str] = set()
    for one in (*condition.all, *condition.any):
        found |= {one.field} if isinstance(one, Test) else named(one)
    return found
