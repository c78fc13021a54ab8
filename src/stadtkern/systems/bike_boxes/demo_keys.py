"""Keys for the demo's controllers and partner, in a file that only their programs read."""

import json
from pathlib import Path

from django.conf import settings
from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import ApiKey, issue_key
from stadtkern.kernel.sealing import unseal
from stadtkern.systems.bike_boxes.models import Facility, Partner

FILE = "demo-lockers.json"
PARTNER, CONTROLLER = "bike_boxes:partner", "bike_boxes:controller:"


def write() -> None:
    """Keys that are there stay; where their file is lost they are made anew."""
    path = Path(settings.DATA) / FILE
    scopes = [f"{CONTROLLER}{one.slug}" for one in Facility.objects.order_by("slug")]
    have = ApiKey.objects.usable().filter(label__startswith="Demo: ")
    known = {scope for key in have for scope in key.scopes}
    if path.exists() and {PARTNER, *scopes} <= known:
        return
    with transaction.atomic():
        ApiKey.objects.filter(label__startswith="Demo: Fahrradbox").update(revoked=clock.now())
        told = {"lockers": _controllers(), "keys": [_partner()]}
    _private(path, json.dumps(told, indent=2))


def _controllers() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for one in Facility.objects.select_related("place").order_by("slug"):
        _row, key = issue_key(
            label=f"Demo: Fahrradboxen {one.slug}", scopes=(f"{CONTROLLER}{one.slug}",)
        )
        boxes = one.boxes.order_by("number").values_list("number", "bike", "size__name")
        found.append({
            "facility": one.slug, "title": one.place.name, "key": key,
            "secret": unseal(one.secret),
            "boxes": [{"number": n, "bike": bool(bike), "size": size} for n, bike, size in boxes],
        })  # fmt: skip
    return found


def _partner() -> dict[str, str]:
    partner, _new = Partner.objects.get_or_create(
        slug="dein-radschloss", defaults={"name": "DeinRadschloss (Demo)", "invented": True}
    )
    partner.key, key = issue_key(label="Demo: Fahrradboxen Partner", scopes=(PARTNER,))
    partner.save(update_fields=["key"])
    return {"scope": PARTNER, "key": key}


def _private(path: Path, text: str) -> None:
    """Readable by its owner alone, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(text, encoding="utf-8")
    part.replace(path)
