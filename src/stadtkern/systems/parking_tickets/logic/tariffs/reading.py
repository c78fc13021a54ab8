"""From stored JSON to rules, and what is wrong with rules that cannot work."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from stadtkern.systems.parking_tickets.logic.tariffs.rules import Rules, Window


class BadRules(ValueError):
    """Rules that cannot be used; `field` is the path to what is wrong."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def read(stored: Any) -> Rules:
    """Rules from JSON as the database gives it. Raises BadRules."""
    return _read(msgspec.json.encode(stored))


@lru_cache(maxsize=256)
def _read(stored: bytes) -> Rules:
    try:
        rules = msgspec.json.decode(stored, type=Rules)
    except msgspec.ValidationError as error:
        text, _at, where = str(error).partition(" - at `$")
        raise BadRules(where.rstrip("`").lstrip(".") or "rules", text) from None
    for field, text in _faults(rules):
        raise BadRules(field, text)
    return rules


def _faults(rules: Rules) -> Iterator[tuple[str, str]]:
    """What the shape alone does not tell."""
    names = [one.name for one in rules.windows]
    if len(set(names)) != len(names):
        yield "windows", _("Give each window a name of its own.")
    for number, window in enumerate(rules.windows):
        for text in _of_window(window):
            yield f"windows[{number}]", text
    if rules.longest_minutes is not None and rules.free_minutes > rules.longest_minutes:
        yield "free_minutes", _("More minutes are free than anybody may stay.")
    if rules.most_day_cents is not None and rules.most_day_cents < rules.least_cents:
        yield "most_day_cents", _("The most for a day is less than the least.")


def _of_window(window: Window) -> Iterator[str]:
    if window.begins == "24:00":
        yield _("A window begins at 00:00, not at 24:00.")
    if window.begins == window.ends:
        yield _("A window of a whole day is written 00:00 to 24:00.")
    if any(one.minutes is None for one in window.steps[:-1]):
        yield _("Only the last step has no end.")
    if window.steps[-1].minutes is not None:
        yield _("The last step has no end: leave its minutes empty.")
