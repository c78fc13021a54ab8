"""Fines with their own copy of what they stand on, and what becomes of them."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import replay
from stadtkern.systems.parking_tickets.models import Check, Fine, Zone

# Letters and digits that nobody takes for another.
LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ2346789"
TRIES: Final = 5
# What may follow on what.
MOVES: Final = {
    "issued": ("contested", "withdrawn", "closed"),
    "contested": ("upheld", "withdrawn"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    """A fine to be kept; `plate` is as `plates.normal` writes it."""

    plate: str
    at: datetime
    reason: str
    zone: Zone | None = None
    where: str = ""
    reference: str = ""
    note: str = ""
    check: Check | None = None
    invented: bool = False


def issue(new: New, by: Account | None) -> Fine:
    """Keep a fine with all that is known now of its plate and instant; a check has one at most."""
    evidence = replay.kept(replay.picture(new.plate, new.at))
    for _attempt in range(TRIES):
        try:
            with transaction.atomic():
                fine = _made(new, evidence, by)
                if by is not None:
                    record(by, "parking_tickets.fine", fine, number=fine.number)
                return fine
        except IntegrityError as error:
            if new.check and (known := Fine.objects.filter(check_made=new.check).first()):
                return known
            if "number" not in str(error):
                raise
    raise RuntimeError("no number is free")


def _made(new: New, evidence: dict[str, Any], by: Account | None) -> Fine:
    number = "P-" + "".join(secrets.choice(LETTERS) for _ in range(8))
    return Fine.objects.create(
        number=number, reference=new.reference, plate_sealed=plates.seal(new.plate),
        plate_key=plates.key_of(new.plate), at=new.at, zone=new.zone, where=new.where,
        reason=new.reason, note=new.note, check_made=new.check, evidence=evidence, by=by,
        invented=new.invented,
    )  # fmt: skip


def move(fine: Fine, state: str, note: str, by: Account) -> bool:
    """Contest, uphold, withdraw or close; False where that does not follow."""
    with transaction.atomic():
        row = Fine.objects.select_for_update(of=("self",)).get(pk=fine.pk)
        if state not in MOVES.get(row.state, ()):
            return False
        row.state = state
        row.closed = None if state in MOVES else clock.now()
        row.note = "\n".join(part for part in (row.note, note.strip()) if part)
        row.save(update_fields=["state", "closed", "note"])
        record(by, "parking_tickets.fine_move", row, state=state)
    return True
