"""The keys of the demo's ticket machines, and the file that tells the simulator of them."""

import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import ApiKey, issue_key
from stadtkern.systems.parking_tickets.models import Machine

FILE: Final = "demo-ticket-machines.json"
LABEL: Final = "Demo: Automat"
SCOPE: Final = "parking_tickets:machine"


def write() -> None:
    """Keys that are there stay; where their file is lost they are made anew."""
    path = Path(settings.DATA) / FILE
    machines = list(Machine.objects.filter(place__invented=True).select_related("zone"))
    have = ApiKey.objects.usable().filter(label__startswith=LABEL).count()
    if path.exists() and have >= len(machines):
        return
    with transaction.atomic():
        ApiKey.objects.filter(label__startswith=LABEL, revoked=None).update(revoked=clock.now())
        told = {"ticket_machines": [_one(one) for one in machines]}
    private(path, json.dumps(told, indent=2))


def _one(machine: Machine) -> dict[str, Any]:
    row, key = issue_key(label=f"{LABEL} {machine.number}", scopes=(SCOPE,))
    machine.keys.add(row)
    return {"number": machine.number, "zone": machine.zone.number, "key": key}


def private(path: Path, text: str) -> None:
    """Readable by its owner alone, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(text, encoding="utf-8")
    part.replace(path)
