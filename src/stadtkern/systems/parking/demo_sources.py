"""The demo's other operator: a simulator on this machine whose car parks the city reads."""

import json
from pathlib import Path

from django.conf import settings

from stadtkern.kernel.sealing import seal
from stadtkern.systems.parking.models import Source

CONTRACT = "demo-car_park_operator.json"
CREDIT = (
    "Erfunden für die Demo; Füllung nach „Parkhausbelegung Stadt Münster (dl-de/by-2-0), "
    "historisiert von Code For Münster“"
)


def fill() -> None:
    """A second run changes nothing; without the simulator's address there is none."""
    path = Path(settings.DATA) / CONTRACT
    if not path.exists():
        return
    told = json.loads(path.read_text(encoding="utf-8"))
    Source.objects.get_or_create(
        slug="parkbetriebe-beispiel",
        defaults={
            "name": "Parkbetriebe Beispiel (erfunden)", "format": "parkapi-v3",
            "address": f"http://{told['host']}:{told['port']}/parkapi/v3/parking-sites",
            "key": seal(f"Bearer {told['key']}"), "credit": CREDIT, "licence": "dl-de/by-2-0",
            "invented": True,
        },
    )  # fmt: skip
