"""Closes a session whose end nobody told: with its last known meter value, and in words."""

from collections.abc import Mapping
from datetime import datetime

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic.repair import words
from stadtkern.systems.charging.logic.transactions import bill
from stadtkern.systems.charging.models import Outlet, Transaction


def close(found: Transaction, why: str, *, before: datetime | None = None) -> None:
    """Close a row that the caller has locked; its end is not after `before`."""
    close_unsaved(found, why, at=before)
    found.save()
    Outlet.objects.filter(evse=found.evse_id).update(power_w=0)


def close_unsaved(found: Transaction, why: str, *, at: datetime | None = None) -> None:
    """The same for a row that is saved by the caller. `reason` stays empty: no point told it."""
    last = found.meter_last_at or found.started
    found.state = "ended"
    found.ended = max(min(last, at) if at else last, found.started)
    found.meter_stop_wh = max(found.meter_last_wh, found.meter_start_wh)
    found.power_w = None
    found.changed = clock.now()
    note(found, why, {})
    bill.freeze(found)


def note(found: Transaction, why: str, facts: Mapping[str, object]) -> None:
    """Say why; a correction is added to what was said before."""
    found.repaired = True
    said = words.of(found, why, facts)
    if why == "corrected":
        found.repair_note = f"{found.repair_note} {said}".strip()
    else:
        found.repair, found.repair_note = why, said
