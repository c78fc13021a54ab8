"""Versions of a zone's prices: drafts, examples that must hold, and publishing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange as Range
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking_tickets.logic import calendar, tariffs
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.logic.tariffs import BadRules, Priced
from stadtkern.systems.parking_tickets.models import Tariff, Zone


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """An example with what the rules make of it."""

    begins: datetime
    until: datetime
    vehicle: str
    cents: int
    answer: int

    @property
    def holds(self) -> bool:
        """Whether the rules give the price that the example asks for."""
        return self.cents == self.answer


def local_instant(text: str) -> datetime:
    """`2026-11-28T10:00` by the city's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=calendar.of_city().zone)


def answer(rules: Any, begins: datetime, until: datetime, vehicle: str) -> Priced:
    """The price that rules as stored give. Raises BadRules."""
    return tariffs.price(tariffs.read(rules), begins, until, calendar.of_city(), vehicle=vehicle)


def tried(row: Tariff) -> Sequence[Tried]:
    """All examples of a version."""
    found = []
    for one in row.examples:
        begins, until = local_instant(one["begins"]), local_instant(one["until"])
        told = answer(row.rules, begins, until, one["vehicle"])
        found.append(Tried(begins=begins, until=until, vehicle=one["vehicle"],
                           cents=one["cents"], answer=told.cents))  # fmt: skip
    return found


def draft(zone: Zone, who: Account) -> Tariff:
    """A draft that begins as a copy of the last version; the one that is there already."""
    with transaction.atomic():
        Zone.objects.select_for_update().get(pk=zone.pk)
        if known := Tariff.objects.filter(zone=zone, published=None).first():
            return known
        last = Tariff.objects.filter(zone=zone).order_by("-number").first()
        row = Tariff.objects.create(
            zone=zone, number=last.number + 1 if last else 1, during=Range(clock.now(), None),
            rules=last.rules if last else {"windows": []}, examples=last.examples if last else [],
        )  # fmt: skip
        record(who, "parking_tickets.tariff_draft", row)
    return row


def publish(row: Tariff, since: datetime, who: Account) -> Tariff:
    """From `since` on it holds, and the version before it ends there. Raises Refused."""
    with transaction.atomic():
        Zone.objects.select_for_update().get(pk=row.zone_id)
        # As it is now: somebody else may have changed or published it meanwhile.
        row.refresh_from_db()
        _check(row, since)
        open_ = Tariff.objects.filter(zone=row.zone, published__isnull=False)
        for one in open_.filter(during__contains=since):
            one.during = Range(one.during.lower, since)
            one.save(update_fields=["during"])
        after = open_.filter(during__startswith__gte=since).order_by("during").first()
        row.during = Range(since, after.during.lower if after else None)
        row.published, row.published_by = clock.now(), who
        row.save(update_fields=["during", "published", "published_by"])
        record(who, "parking_tickets.tariff_publish", row)
    return row


def _check(row: Tariff, since: datetime) -> None:
    if row.published is not None:
        raise Refused("id", "published", _("This version is published already."))
    if since <= clock.now():
        raise Refused("since", "past", _("Prices change in the future only. Choose a later time."))
    if Tariff.objects.filter(
        zone=row.zone, published__isnull=False, during__startswith=since
    ).exists():
        raise Refused("since", "taken", _("Another version begins at this very time."))
    try:
        wrong = [one for one in tried(row) if not one.holds]
    except BadRules as bad:
        raise Refused("rules", "bad", str(bad)) from bad
    if not row.examples:
        raise Refused("examples", "missing", _("Write at least one example, and what it costs."))
    if wrong:
        raise Refused("examples", "wrong", _("An example has another price. Check both."))
