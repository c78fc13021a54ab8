"""The list of faults kept in step with what is found: opened once, ended when they are gone."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking.logic.marking import close
from stadtkern.systems.parking.logic.plausible import Found, found
from stadtkern.systems.parking.models import Fault

# What the count itself finds it also ends.
OF_SENSORS = ("stuck", "flapping", "silent", "battery")
Key = tuple[int, int | None, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """How many faults were opened and ended."""

    opened: int
    ended: int


def look() -> Change:
    """Open what is new, end what is gone, renew the figures of what stays. Runs repeatedly."""
    return keep(found())


def keep(wanted: Iterable[Found]) -> Change:
    """Make the open faults of sensors those that are wanted."""
    by_key: dict[Key, Found] = {(one.place, one.thing, one.kind): one for one in wanted}
    with transaction.atomic():
        rows = Fault.objects.select_for_update().filter(until=None, kind__in=OF_SENSORS)
        known = {(row.place_id, row.thing_id, row.kind): row for row in rows}
        gone = [row.pk for key, row in known.items() if key not in by_key]
        new = [_row(one) for key, one in by_key.items() if key not in known]
        Fault.objects.bulk_create(new, ignore_conflicts=True)
        stay = [_renewed(row, by_key[key]) for key, row in known.items() if key in by_key]
        Fault.objects.bulk_update(stay, ["evidence"])
        return Change(opened=len(new), ended=close(Fault.objects.filter(pk__in=gone)))


def _row(one: Found) -> Fault:
    return Fault(
        place_id=one.place, thing_id=one.thing, kind=one.kind, since=clock.now(),
        evidence=dict(one.evidence),
    )  # fmt: skip


def _renewed(row: Fault, one: Found) -> Fault:
    row.evidence = dict(one.evidence)
    return row


def checked(fault: Fault, actor: Account) -> None:
    """Somebody looked and found it right: it counts no more, until it is gone and comes again."""
    with transaction.atomic():
        now = clock.now()
        Fault.objects.filter(pk=fault.pk).update(checked_at=now, checked_by=f"account:{actor.pk}")
        record(actor, "parking.fault_checked", fault, kind=fault.kind)


def words(fault: Fault) -> str:
    """What was seen, in one sentence."""
    said = fault.evidence
    return {
        "stuck": _(
            "For %(days)s days the same state, while bays like it changed in %(others)s hours."
        ),
        "flapping": _("%(changes)s changes within one hour."),
        "silent": _("Nothing was heard for too long."),
        "battery": _("The battery is at %(percent)s %%."),
        "below_zero": _("%(inside)s vehicles are counted inside: more than there are spaces."),
        "above_capacity": _("%(inside)s vehicles are counted inside: less than none."),
        "jump": _("A counter went up by %(step)s at once. That was not counted."),
    }[fault.kind] % {key: said.get(key, "–") for key in (*said, *EXPECTED)}


EXPECTED = ("days", "others", "changes", "percent", "inside", "step")


def advice(kind: str) -> str:
    """What to do next."""
    return {
        "stuck": _("Look at the bay. Is the state right, say so; if not, reset the sensor."),
        "flapping": _("Look whether something stands over the sensor, or replace it."),
        "silent": _("Look at the device: reception, battery, damage."),
        "battery": _("Plan the change of the battery."),
        "below_zero": _("Count by hand, and check the counters at the exits."),
        "above_capacity": _("Count by hand, and check the counters at the entries."),
        "jump": _("Was the counter replaced, count by hand; if not, look at the device."),
    }[kind]
