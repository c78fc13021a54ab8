"""The demo city's back offices: procedures that a simulator plays, and nobody works in."""

import json
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from django.conf import settings

from stadtkern.kernel.cases.handover.fit_connect import own_keys
from stadtkern.kernel.cases.models import BackOffice
from stadtkern.kernel.sealing import seal

CONTRACT: Final = "demo-back_office.json"
# Destinations of the simulator are named after their procedures in this space.
SPACE: Final = UUID("6f1d2f0e-5f0c-4a44-9a41-7d7b8f4a9c11")
OFFICES: Final = {
    "kfz": "Zulassungsverfahren (simuliert)", "sozialwesen": "Sozialverfahren (simuliert)",
}  # fmt: skip


def load() -> None:
    """A second run changes nothing; without the simulator's address there are none."""
    path = Path(settings.DATA) / CONTRACT
    if not path.exists():
        return
    told = json.loads(path.read_text(encoding="utf-8"))
    made: list[BackOffice] = []
    for slug, title in OFFICES.items():
        office, new = BackOffice.objects.get_or_create(
            slug=slug,
            defaults={"title": title, "adapter": "fit_connect", "invented": True,
                      "settings": _settings(slug, told), "secret_sealed": _secret(told)},
        )  # fmt: skip
        if new:
            made.append(office)
    _give_keys(made)


def _settings(slug: str, told: dict[str, Any]) -> dict[str, str]:
    base = f"http://{told['host']}:{told['port']}"
    return {"base": base, "token": f"{base}/token", "client": "stadtkern",
            "destination": str(uuid5(SPACE, slug))}  # fmt: skip


def _secret(told: dict[str, Any]) -> bytes:
    return seal(json.dumps({"client_secret": told["key"], "callback_secret": told["key"]}))


def _give_keys(offices: list[BackOffice]) -> None:
    """The same for all of the demo: keys of 4096 bits take their time."""
    if not offices:
        return
    own_keys.renew(offices[0])
    keys = json.loads(offices[0].secret)["keys"]
    for office in offices[1:]:
        office.secret_sealed = seal(json.dumps({**json.loads(office.secret), "keys": keys}))
        office.save(update_fields=["secret_sealed"])
