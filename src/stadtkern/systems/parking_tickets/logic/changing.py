"""Another end for a right that is sold here: later for money, earlier with money back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel.payments.models import Charge
from stadtkern.systems.parking_tickets.logic import buying, quoting, rights, tariffs
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import Session


def quote_longer(row: Session, until: datetime) -> int:
    """What an extension would cost on top, without making it. Raises Refused."""
    rules = tariffs.read(row.tariff.rules)
    if until <= row.during.upper:
        raise Refused("time_end", "not_later", _("This is not later. Choose a later end."))
    around = quoting.used(row.zone, row.plate_key, row.during.lower, until, rules, besides=row.pk)
    told = quoting.priced(row.tariff, rules, row.during.lower, until, vehicle=row.vehicle,
                          before=row.before_seconds,
                          room_before=max(around, row.before_seconds))  # fmt: skip
    if row.plate_key is not None:
        rights.check_alone(row.zone_id, row.plate_key, row.during.lower, until, row.pk)
    return told.cents - row.cents


def quote_shorter(row: Session, until: datetime) -> int:
    """What an earlier end would give back, without making it."""
    told = quoting.price_of(tariffs.read(row.tariff.rules), row.during.lower, until,
                            vehicle=row.vehicle, before=row.before_seconds)  # fmt: skip
    return row.cents - told.cents


def longer(row: Session, until: datetime, *, seen: int) -> Charge | None:
    """The charge for a later end; None where it costs nothing more and is done. Raises Refused.

    An extension that was wanted before and is not paid is given up for this one. `seen` is how many
    changes the right had when somebody chose: the same choice sent twice is one.
    """
    with transaction.atomic():
        row = buying.locked(row.pk)
        rights.check_runs(row)
        cents = quote_longer(row, until)
        buying.drop(row)
        if cents:
            return buying.owed(row, "extend", until, cents)
        rights.extend(row.pk, until, key=_key(row, "extend", until, seen), actor=buying.WEB)
    return None


def shorter(row: Session, until: datetime, *, seen: int) -> Session:
    """An earlier end; what is to come goes back in the way it was paid. Raises Refused."""
    with transaction.atomic():
        key = _key(row, "shorten", until, seen)
        after = rights.shorten(row.pk, until, key=key, actor=buying.WEB)
        buying.drop(after)
    return after


def over(row: Session) -> Session:
    """It ends now, or never was where it has not begun. Raises Refused."""
    with transaction.atomic():
        if row.during.lower > quoting.now():
            after = rights.cancel(row.pk, key=f"cancel:{row.public_id}", actor=buying.WEB)
        else:
            after = rights.stop(row.pk, key=f"stop:{row.public_id}", actor=buying.WEB)
        buying.drop(after)
    return after


def _key(row: Session, kind: str, until: datetime, seen: int) -> str:
    return f"{kind}:{row.public_id}:{seen}:{until.isoformat()}"
