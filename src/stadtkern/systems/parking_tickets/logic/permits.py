"""Permits: made and changed with their plates and areas, activated in bulk."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange as Range
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, sealing
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import (
    Permit,
    PermitIn,
    PermitSeries,
    PermitSubject,
)

# Numbers of permits are kept apart from plates that happen to be spelt the same.
NUMBER = "#"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A plate, or the row of an area, and when it counts; `number` is one of a permit itself."""

    what: str
    begins: datetime
    ends: datetime
    number: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    """A permit as it shall be; None leaves that part as it was."""

    series: PermitSeries | None
    kind: str = "other"
    external_id: str = ""
    properties: Mapping[str, Any] | None = None
    subjects: Sequence[Span] | None = None
    areas: Sequence[Span] | None = None
    invented: bool = False


def save(new: New, row: Permit | None = None) -> Permit:
    """Made, or changed as a whole. Raises Refused: the giver's id is taken in the series."""
    assert new.series is not None
    row = row or Permit(invented=new.invented)
    row.series, row.kind, row.external_id = new.series, new.kind, new.external_id
    row.changed = clock.now()
    if new.properties is not None:
        row.properties = sealing.seal(json.dumps(new.properties)) if new.properties else None
    try:
        with transaction.atomic():
            row.save()
            _save_parts(row, new)
    except IntegrityError as error:
        if "permit_external_id" not in str(error):
            raise
        told = _("You have another permit with this id in this series.")
        raise Refused("external_id", "taken", told) from None
    return Permit.objects.prefetch_related("subjects", "areas__area").get(pk=row.pk)


def _save_parts(row: Permit, new: New) -> None:
    if new.subjects is not None:
        row.subjects.all().delete()
        PermitSubject.objects.bulk_create([
            PermitSubject(permit=row, sort="number" if one.number else "plate",
                          plate_sealed=plates.seal(one.what),
                          plate_key=plates.key_of(f"{NUMBER * one.number}{one.what}"),
                          during=Range(one.begins, one.ends))
            for one in new.subjects
        ])  # fmt: skip
    if new.areas is not None:
        row.areas.all().delete()
        PermitIn.objects.bulk_create([
            PermitIn(permit=row, area_id=int(one.what), during=Range(one.begins, one.ends))
            for one in new.areas
        ])  # fmt: skip


def properties_of(row: Permit) -> dict[str, Any]:
    """What its giver keeps with it."""
    found: dict[str, Any] = json.loads(sealing.unseal(row.properties) or "{}")
    return found


def shown(subject: PermitSubject) -> str:
    """The plate or the number."""
    return plates.shown(subject.plate_sealed)


def activate(series: PermitSeries, others: QuerySet[PermitSeries]) -> bool:
    """A series holds and these others do not, at one instant; False where nothing changed."""
    now = clock.now()
    with transaction.atomic():
        # In one order, so that two activations cannot wait for each other.
        list(PermitSeries.objects.filter(operator=series.operator).select_for_update(of=("self",))
             .order_by("pk"))  # fmt: skip
        off = others.exclude(pk=series.pk).filter(active=True)
        ended = PermitSeries.objects.filter(pk__in=list(off.values_list("pk", flat=True)))
        done = ended.update(active=False, changed=now)
        done += PermitSeries.objects.filter(pk=series.pk, active=False).update(
            active=True, changed=now)  # fmt: skip
    return bool(done)
