"""The register as a table: out, and in after a look at what it would change."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.models import Account
from stadtkern.systems.service_reuse import stepping
from stadtkern.systems.service_reuse.models import STATES, TRANSPORTS, Candidate, Step

TEXTS: Final = ("about", "operator", "fim", "interface", "account", "payment", "contract",
                "privacy", "price_source", "source")  # fmt: skip
MONEY: Final = ("one_off_low", "one_off_high", "yearly_low", "yearly_high", "per_case_low",
                "per_case_high")  # fmt: skip
COLUMNS: Final = ("service", "title", "state", *TEXTS[:3], "leika", "url", "transport", "level",
                  *TEXTS[3:8], *MONEY, *TEXTS[8:], "source_url", "as_of", "step")  # fmt: skip
# Those that hold more or less than 300 characters.
LONGEST: Final = {"about": 5000, "operator": 200, "fim": 120, "account": 200, "payment": 200}
NEEDED: Final = {"service", "title", "source"}
LARGEST: Final = 2_000_000
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class NotReadable(Exception):
    """The table cannot be read; the message says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a table: which service, what it says, and whether it is known already."""

    number: int
    service: Service
    title: str
    told: Mapping[str, Any]
    known: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What an import would do, and what is wrong, line by line."""

    lines: tuple[Line, ...]
    problems: tuple[str, ...]


def as_csv(rows: Iterable[Candidate]) -> str:
    """The register; amounts in euros with a point."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(COLUMNS)
    for one in rows:
        writer.writerow([_cell(one, name) for name in COLUMNS])
    return out.getvalue()


def _cell(one: Candidate, name: str) -> str:
    if name == "service":
        return one.service.slug
    value = getattr(one, name)
    if value is None:
        return ""
    if name in MONEY:
        return f"{value / 100:.2f}"
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def plan(content: bytes) -> Plan:
    """Read a table; nothing is written. Raises NotReadable."""
    if len(content) > LARGEST:
        raise NotReadable(_("This table is larger than 2 MB. Divide it."))
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";", strict=True))
    except (UnicodeError, csv.Error) as fault:
        raise NotReadable(_("Save the table as CSV in UTF-8, with semicolons.")) from fault
    if not rows or not set(rows[0]) >= NEEDED:
        raise NotReadable(_("The table needs at least the columns service, title and source."))
    services = {one.slug: one for one in Service.objects.all()}
    known = set(Candidate.objects.values_list("service_id", "title"))
    lines: list[Line] = []
    problems: list[str] = []
    for number, row in enumerate(rows, start=2):
        _take(number, row, services, known, lines, problems)
    return Plan(lines=tuple(lines), problems=tuple(problems))


def _take(
    number: int, row: Mapping[str, str | None], services: Mapping[str, Service],
    known: set[tuple[int, str]], lines: list[Line], problems: list[str],
) -> None:  # fmt: skip
    service = services.get((row.get("service") or "").strip())
    title = (row.get("title") or "").strip()[:200]
    try:
        if service is None:
            raise ValueError(_("the service is not in the catalogue"))
        if not title or not (row.get("source") or "").strip():
            raise ValueError(_("title and source are needed"))
        told = _told(row)
    except ValueError as fault:
        problems.append(_("Line %(line)d: %(fault)s.") % {"line": number, "fault": fault})
        return
    lines.append(Line(number=number, service=service, title=title, told=told,
                      known=(service.pk, title) in known))  # fmt: skip
    known.add((service.pk, title))


def _told(row: Mapping[str, str | None]) -> dict[str, Any]:
    """What a line says, checked. Raises ValueError with the fault in words."""
    said = {name: (row.get(name) or "").strip().removeprefix("'") for name in COLUMNS}
    told: dict[str, Any] = {}
    for name in TEXTS:
        if name in row:
            told[name] = said[name][: LONGEST.get(name, 300)]
    for name in (one for one in MONEY if one in row):
        told[name] = _cents(said[name])
    _chosen(said, told)
    _exact(said, told)
    return told


def _chosen(said: Mapping[str, str], told: dict[str, Any]) -> None:
    for name, choices in (("state", STATES), ("transport", TRANSPORTS)):
        if said[name] and said[name] not in choices:
            raise ValueError(_("“%(value)s” is no %(name)s") % {"value": said[name], "name": name})
        if said[name]:
            told[name] = said[name]
    if said["level"]:
        if said["level"] not in ("0", "1", "3", "4"):
            raise ValueError(_("a level of trust is 0, 1, 3 or 4"))
        told["level"] = int(said["level"])


def _exact(said: Mapping[str, str], told: dict[str, Any]) -> None:
    if said["leika"]:
        key = said["leika"]
        if not (key.isascii() and key.isdecimal() and len(key) == 14 and key.startswith("99")):
            raise ValueError(_("a LeiKa key has 14 digits and begins with 99"))
        told["leika"] = key
    for name in ("url", "source_url"):
        if said[name]:
            told[name] = _address(said[name])
    if said["as_of"]:
        try:
            told["as_of"] = date.fromisoformat(said["as_of"])
        except ValueError as fault:
            raise ValueError(_("write the day as 2026-11-23")) from fault


def _address(text: str) -> str:
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError as fault:
        raise ValueError(_("an address begins with https://")) from fault
    return text[:500]


def _cents(text: str) -> int | None:
    """Euros with a point or a comma; empty: not known."""
    if not text:
        return None
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation as fault:
        raise ValueError(_("“%(value)s” is no amount") % {"value": text[:20]}) from fault
    if not value.is_finite() or not 0 <= value < 10**9:
        raise ValueError(_("“%(value)s” is no amount") % {"value": text[:20]})
    return int(value * 100)


@transaction.atomic
def take(found: Plan, *, actor: Account | str) -> tuple[int, int]:
    """Make and change candidates as planned; how many of each. Steps never come from a table."""
    name = actor if isinstance(actor, str) else actor.username
    made = 0
    for line in found.lines:
        row, new = Candidate.objects.update_or_create(
            service=line.service, title=line.title, defaults=dict(line.told)
        )
        made += new
        stepping.follow(row)
        if new:
            Step.objects.create(candidate=row, by=name, after="candidate", note=_("imported"))
    record(actor, "service_reuse.import", "", made=made, lines=len(found.lines))
    return made, len(found.lines) - made
