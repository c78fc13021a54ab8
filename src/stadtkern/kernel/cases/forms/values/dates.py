"""Fields with a day or a time of day."""

import re
from datetime import date, time
from typing import Any, Final

from django.utils import formats
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.conditions import as_day, moved
from stadtkern.kernel.cases.forms.parts import Field
from stadtkern.kernel.cases.forms.values.kind import (
    Handling,
    NotValid,
    Said,
    is_text,
    one_input,
    text_of,
)

ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
GERMAN: Final = re.compile(r"(\d{1,2})[./ ]+(\d{1,2})[./ ]+(\d{4})", re.ASCII)
CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?: ?(?:Uhr|h))?", re.ASCII | re.IGNORECASE)
# Nobody was born before it, and no permit begins after it.
EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2200, 12, 31)


def day_of(text: str) -> date | None:
    """A day as people type it: `31.12.2026`, `1.2.2026`, `2026-12-31`; None where it is none."""
    iso, german = ISO.fullmatch(text), GERMAN.fullmatch(text)
    try:
        if iso:
            return date(*map(int, iso.groups()))
        if german:
            day, month, year = map(int, german.groups())
            return date(year, month, day)
    except ValueError:
        return None
    return None


def _date(field: Field, said: Said) -> str | None:
    text = text_of(said, field.id)
    if not text:
        return None
    day = day_of(text)
    if day is None:
        raise NotValid(_("Write the date like this: 31.12.2026"))
    _check_date(field, day.isoformat())
    return day.isoformat()


def _check_date(field: Field, value: Any) -> None:
    day = as_day(is_text(value))
    if day is None or day.isoformat() != value:
        raise NotValid(_("Write the date like this: 31.12.2026"))
    low = moved(field.low) if field.low is not None else None
    high = moved(field.high) if field.high is not None else None
    earliest, latest = max(low or EARLIEST, EARLIEST), min(high or LATEST, LATEST)
    if day < earliest:
        said = _("The date cannot be before %(day)s.")
        raise NotValid(said % {"day": written(earliest, get_language() or "de")})
    if day > latest:
        said = _("The date cannot be after %(day)s.")
        raise NotValid(said % {"day": written(latest, get_language() or "de")})


def written(day: date, language: str) -> str:
    """A day as people read it: `31. Dezember 2026`."""
    with override(language):
        return formats.date_format(day, "j F Y" if language[:2] == "en" else "j. F Y")


def _say(field: Field, value: Any, language: str) -> str:
    day = day_of(str(value))
    return written(day, language) if day else str(value)


def _typed(value: Any) -> str:
    day = day_of(str(value))
    return f"{day.day}.{day.month}.{day.year}" if day else str(value)


def _time(field: Field, said: Said) -> str | None:
    text = text_of(said, field.id)
    if not text:
        return None
    found = CLOCK.fullmatch(text)
    try:
        spelt = time(int(found[1]), int(found[2] or 0)) if found else None
    except ValueError:
        spelt = None
    if spelt is None:
        raise NotValid(_("Write the time like this: 14:30"))
    return spelt.isoformat("minutes")


def _check_time(field: Field, value: Any) -> None:
    try:
        kept = time.fromisoformat(is_text(value)).isoformat("minutes")
    except ValueError:
        kept = ""
    if kept != value:
        raise NotValid(_("Write the time like this: 14:30"))


DATE: Final = Handling(parse=_date, check=_check_date, say=_say, shown=one_input(_typed))
TIME: Final = Handling(
    parse=_time, check=_check_time, say=lambda field, value, language: str(value),
    shown=one_input(str),
)  # fmt: skip
