"""The demo's seven app providers with their keys, permits, and one contested fine; all invented."""

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import ApiKey, issue_key
from stadtkern.systems.parking_tickets.logic import fines, permits
from stadtkern.systems.parking_tickets.logic.permits import New, Span
from stadtkern.systems.parking_tickets.models import (
    Fine,
    Operator,
    Permit,
    PermitArea,
    PermitSeries,
    Zone,
)

FILE: Final = "demo-parking-apps.json"
LABEL: Final = "Demo: Handyparken"
SELL, LOOK = "parking_tickets:operator", "parking_tickets:enforcement"
# Seven apps, as the city has; names and surcharges are invented, of the sorts that there are.
APPS: Final[tuple[tuple[str, str, dict[str, int]], ...]] = (
    ("app-a", "App A (Demo)", {"per_mille": 150, "least_cents": 15}),
    ("app-b", "App B (Demo)", {"flat_cents": 25}),
    ("app-c", "App C (Demo)", {"flat_cents": 10}),
    ("app-d", "App D (Demo)", {"monthly_cents": 249}),
    ("app-e", "App E (Demo)", {}),
    ("app-f", "App F (Demo)", {"per_mille": 100, "least_cents": 20}),
    ("app-g", "App G (Demo)", {"flat_cents": 19}),
)
# Plates of permits: the district's letters with numbers that are not given out (leading zero
# aside, five digits are too many for a German plate).
PLATES: Final = ("HERD10001", "HERD10002", "HERD10003", "HERD10004", "HERD10005")


def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing. Zones come first."""
    with transaction.atomic():
        for slug, name, surcharge in APPS:
            Operator.objects.get_or_create(slug=slug, defaults={
                "name": name, "surcharge": surcharge, "invented": True,
                "contact": f"{slug}@example.org",
            })  # fmt: skip
        if not Permit.objects.filter(invented=True).exists():
            _permits()
        if not Fine.objects.filter(invented=True).exists():
            _fine()
    write()


def _permits() -> None:
    """Crafts, care and a blue badge in areas over the first zones."""
    now = clock.now()
    series = PermitSeries.objects.create(active=True, name="Demo")
    areas = [_area(zone, at) for at, zone in enumerate(Zone.objects.order_by("number")[:3], 1)]
    if not areas:
        return
    for at, (kind, plate) in enumerate(zip(("crafts", "crafts", "care", "guest"), PLATES,
                                           strict=False)):  # fmt: skip
        _permit(series, kind, plate, areas[at % len(areas) :], now, number=False)
    _permit(series, "disabled", "DEMO0001", areas, now, number=True)


def _area(zone: Zone, at: int) -> PermitArea:
    area, _new = PermitArea.objects.get_or_create(code=f"P{at}", defaults={
        "name": f"Bereich P{at} (Demo)", "zone": zone, "invented": True})  # fmt: skip
    return area


def _permit(
    series: PermitSeries, kind: str, what: str, areas: list[PermitArea], now: datetime, *,
    number: bool,
) -> None:  # fmt: skip
    begins, ends = now - timedelta(days=30), now + timedelta(days=330)
    permits.save(New(
        series=series, kind=kind, invented=True,
        subjects=[Span(what=what, begins=begins, ends=ends, number=number)],
        areas=[Span(what=str(one.pk), begins=begins, ends=ends) for one in areas],
    ))  # fmt: skip


def _fine() -> None:
    zone = Zone.objects.order_by("number").first()
    fine = fines.issue(fines.New(
        plate=PLATES[4], at=clock.now() - timedelta(hours=2), reason="no_right", zone=zone,
        note="Erfunden für die Demo.", invented=True), None)  # fmt: skip
    Fine.objects.filter(pk=fine.pk).update(state="contested")


def write() -> None:
    """Keys that are there stay; where their file is lost they are made anew."""
    path = Path(settings.DATA) / FILE
    have = ApiKey.objects.usable().filter(label__startswith=LABEL).count()
    if path.exists() and have > len(APPS):
        return
    with transaction.atomic():
        ApiKey.objects.filter(label__startswith=LABEL, revoked=None).update(revoked=clock.now())
        told = {"parking_apps": [_app(one) for one in Operator.objects.filter(invented=True)],
                "keys": [_officers()]}  # fmt: skip
    _private(path, json.dumps(told, indent=2))


def _app(one: Operator) -> dict[str, Any]:
    row, key = issue_key(label=f"{LABEL} {one.slug}", scopes=(SELL,))
    one.keys.add(row)
    return {"slug": one.slug, "name": one.name, "key": key, "surcharge": one.surcharge}


def _officers() -> dict[str, str]:
    _row, key = issue_key(label=f"{LABEL} Kontrolle", scopes=(LOOK,))
    return {"scope": LOOK, "key": key}


def _private(path: Path, text: str) -> None:
    """Readable by its owner alone, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(text, encoding="utf-8")
    part.replace(path)
