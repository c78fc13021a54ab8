"""A list of devices from its upload to its devices: checked, made in one transaction, reported."""

import base64
from dataclasses import asdict
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import DeviceImport, Draft
from stadtkern.kernel.devices.onboarding import making, table
from stadtkern.kernel.devices.onboarding.checking import Checked, check

# Lists hold keys, so they are not kept for long.
KEPT = timedelta(days=7)
DRAFTS_KEPT = timedelta(days=30)


def upload(name: str, content: bytes, *, actor: Any) -> DeviceImport:
    """Keep a list, sealed, with what its dry run found. Raises table.TableProblem."""
    checked = check(table.read(content))
    return DeviceImport.objects.create(
        author=actor.get_username(),
        name=name[:200],
        digest=sha256(content).hexdigest(),
        content=sealing.seal(base64.b64encode(content).decode()),
        report=_report(checked),
    )


def again(one: DeviceImport) -> Checked:
    """The dry run once more, against the city as it is now."""
    return check(table.read(base64.b64decode(sealing.unseal(one.content))))


def carry_out(one: DeviceImport, *, actor: Any) -> DeviceImport:
    """Make the devices of a list in one transaction; a second time does nothing.

    Where the dry run finds a problem now, nothing is made and the report has it. Raises
    django.db.IntegrityError: somebody makes one of the devices at this moment.
    """
    with transaction.atomic():
        one = DeviceImport.objects.select_for_update().get(pk=one.pk)
        if one.done is not None or one.content is None:
            return one
        checked = again(one)
        one.report = _report(checked)
        if not checked.faults:
            devices = making.make([device for _, device in checked.new], actor=actor)
            made = {device.dev_eui: device.pk for device in devices}
            one.report["made"] = [
                {**row, "device": made[row["dev_eui"]]} for row in one.report["new"]
            ]
            one.done, one.content = clock.now(), None
            record(actor, "devices.import", one, name=one.name, devices=len(devices))
        one.save(update_fields=["report", "done", "content"])
    return one


def _report(checked: Checked) -> dict[str, Any]:
    return {
        "rows": checked.rows,
        "ignored": checked.ignored,
        "faults": [asdict(fault) for fault in checked.faults],
        "known": [{"row": row, "dev_eui": eui} for row, eui in checked.known],
        "new": [
            {
                "row": row,
                "dev_eui": device.dev_eui,
                "name": device.name,
                "profile": device.profile.title,
                "place": device.place.name,
            }
            for row, device in checked.new
        ],
        "made": [],
    }


def forget_old() -> str:
    """Forget lists that nobody carried out, and devices that nobody went on making."""
    now = clock.now()
    lists = DeviceImport.objects.filter(done=None, created__lt=now - KEPT).delete()[0]
    drafts = Draft.objects.filter(changed__lt=now - DRAFTS_KEPT).delete()[0]
    return f"{lists} lists and {drafts} drafts forgotten"
