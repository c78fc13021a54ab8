"""Faults as they are found and as they go: one open row for each, whoever says it how often."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Greatest

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place
from stadtkern.systems.parking.models import Fault


def mark(place: Place, kind: str, *, on: bool, evidence: Mapping[str, Any]) -> None:
    """Open the fault of a place where it is new, or close the open one."""
    found = Fault.objects.filter(place=place, thing=None, kind=kind, until=None)
    if not on:
        close(found)
    elif not found.exists():
        row = Fault(place=place, kind=kind, since=clock.now(), evidence=dict(evidence))
        Fault.objects.bulk_create([row], ignore_conflicts=True)


def close(found: Any) -> int:
    """End these faults now; never before they began."""
    return int(found.update(until=Greatest(F("since"), Value(clock.now()))))
