"""Changes to many devices at once, each of which can be taken back."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import Device, FleetChange, Network, Profile
from stadtkern.kernel.people.models import Account

# Where a device's rhythm is no longer what was learned, learning begins anew.
FORGOTTEN: dict[str, Any] = {"every": None, "patience": None, "gaps": [], "problem": ""}
NAMED = 20
MODELS: dict[str, type[Profile] | type[Network]] = {"profile": Profile, "network": Network}


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """How many devices were changed, and which were left alone because they are as wanted."""

    change: FleetChange | None
    changed: int
    untouched: int


def set_field(ids: Sequence[int], field: str, wanted: Callable[[Any], Any], actor: Account) -> Done:
    """Set one field of these devices to what `wanted` makes of its present value.

    `field` is one of labels, profile, network, resting; profiles and networks are given by id.
    """
    with transaction.atomic():
        now = _values(ids, field)
        after = {pk: wanted(value) for pk, value in now.items()}
        after = {pk: value for pk, value in after.items() if value != now[pk]}
        if not after:
            return Done(change=None, changed=0, untouched=len(now))
        _write(field, after)
        change = FleetChange.objects.create(
            actor=actor, field=field, before={pk: now[pk] for pk in after}, after=after
        )
        _record(actor, f"devices.many.{field}", after, change)
    return Done(change=change, changed=len(after), untouched=len(now) - len(after))


def undo(change: FleetChange, actor: Account) -> Done:
    """Take a change back where nobody has changed the same since."""
    field = change.field
    with transaction.atomic():
        locked = FleetChange.objects.select_for_update().get(pk=change.pk)
        if locked.undone:
            return Done(change=None, changed=0, untouched=len(locked.after))
        now = _values([int(pk) for pk in locked.after], field)
        back = {
            pk: locked.before[str(pk)]
            for pk, value in now.items()
            if value == locked.after[str(pk)]
        }
        back = _still_there(field, back)
        _write(field, back)
        locked.undone = clock.now()
        locked.save(update_fields=["undone"])
        _record(actor, "devices.many.undo", back, locked)
    return Done(change=locked, changed=len(back), untouched=len(locked.after) - len(back))


def _column(field: str) -> str:
    return f"{field}_id" if field in MODELS else field


def _values(ids: Sequence[int], field: str) -> dict[int, Any]:
    """The present values by device, locked in one order for all writers."""
    rows = Device.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return dict(rows.values_list("pk", _column(field)))


def _write(field: str, values: dict[int, Any]) -> None:
    """One statement for each different value."""
    by_value: dict[str, list[int]] = defaultdict(list)
    for pk, value in values.items():
        by_value[repr(value)].append(pk)
    more = FORGOTTEN if field == "profile" else {}
    for ids in by_value.values():
        Device.objects.filter(pk__in=ids).update(**{_column(field): values[ids[0]]}, **more)


def _still_there(field: str, values: dict[int, Any]) -> dict[int, Any]:
    """Without profiles and networks that are gone."""
    if field not in MODELS:
        return values
    wanted = {value for value in values.values() if value is not None}
    known = set(MODELS[field].objects.filter(pk__in=wanted).values_list("pk", flat=True))
    return {pk: value for pk, value in values.items() if value is None or value in known}


def _record(actor: Account, verb: str, values: dict[int, Any], change: FleetChange) -> None:
    """One entry for the deed, with the first devices by name; all stand in the change."""
    first = sorted(values)[:NAMED]
    names = Device.objects.filter(pk__in=first).order_by("pk").values_list("dev_eui", flat=True)
    said = {repr(value): value for value in values.values()}
    record(
        actor,
        verb,
        change,
        devices=len(values),
        first=list(names),
        **({"value": next(iter(said.values()))} if len(said) == 1 else {}),
    )
