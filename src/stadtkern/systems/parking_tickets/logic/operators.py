"""What providers do with parkings under their own ids: report, correct, end, take back."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings as site
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange as Range
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import rights, settings, where
from stadtkern.systems.parking_tickets.logic.making import began_so
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.logic.rights import Wanted
from stadtkern.systems.parking_tickets.logic.tariffs.spans import whole
from stadtkern.systems.parking_tickets.models import Operator, Parking, Session, Zone

# The classes that E plates can be told by; drivers may say more.
ELECTRIC: Final = "electric"
# What the keys begin with that we made of a request without one.
AUTO: Final = "auto:"
# So often the same words may be taken back and make a new parking.
MOST_AGAIN: Final = 20
LONGEST_DISC: Final = timedelta(hours=24)
JOINED: Final = ("session__zone", "session__tariff", "zone", "operator")


class TooLate(Exception):
    """The moment in which all can be corrected is over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A parking as its provider reports it; `zone` is None for a disc."""

    plate: str
    begins: datetime
    until: datetime | None = None
    zone: Zone | None = None
    disc: bool = False
    vehicle: str = ""
    terminal: str = ""
    position: tuple[float, float] | None = None


def of(operator: Operator, public_id: str) -> Parking | None:
    """One of the provider's own parkings, with all that is told of it."""
    rows = Parking.objects.filter(operator=operator, public_id=public_id, deleted=None)
    return rows.select_related(*JOINED).first()


def begin(operator: Operator, report: Report, *, key: str) -> Parking:
    """A new parking; asked again with the same key, or word for word, it is the same one.

    Raises Refused.
    """
    with transaction.atomic():
        kept = _own_key(operator, report, key)
        if known := _known(operator, kept):
            return _same(known, report)
        if report.disc:
            return _disc(operator, report, kept)
        try:
            return _right(operator, report, kept, key)
        except Refused as refused:
            # The same request a moment ago, which we waited for.
            known = _known(operator, kept) if refused.code == "already" else None
            if known is None:
                raise
            return _same(known, report)


def _right(operator: Operator, report: Report, kept: str, key: str) -> Parking:
    session = rights.start(_wanted(operator, report), key=secret_of(key),
                           actor=actor_of(operator))  # fmt: skip
    parking, _new = Parking.objects.get_or_create(
        session=session,
        defaults={"operator": operator, "public_id": session.public_id, "key": kept,
                  "zone": session.zone, "terminal": report.terminal,
                  **_position(report.position)},
    )  # fmt: skip
    return parking


def secret_of(key: str, part: str = "") -> str:
    """A provider's key as it is kept: it may be made of a plate. Empty stays empty."""
    if not key:
        return ""
    made = hmac.new(site.SECRET_KEY.encode(), f"key:{key}".encode(), hashlib.sha256)
    return f"{made.hexdigest()[:40]}{part and ':'}{part}"


def actor_of(operator: Operator) -> str:
    """How changes and the books name a provider."""
    return f"operator:{operator.slug}"


def _wanted(operator: Operator, report: Report) -> Wanted:
    assert report.zone is not None
    vehicle = report.vehicle or (ELECTRIC if _says_electric(report.plate) else "car")
    return Wanted(zone=report.zone, begins=report.begins, until=report.until, plate=report.plate,
                  source="app", operator=operator, vehicle=vehicle,
                  invented=operator.invented)  # fmt: skip


def _says_electric(plate: str) -> bool:
    return plate.endswith("E") and bool(plates.GERMAN.fullmatch(plate)) and plate[-2].isdigit()


def _own_key(operator: Operator, report: Report, key: str) -> str:
    """What a request is known by. Without a key a retry is the same request, word for word.

    After a parking was taken back the same words make a new one.
    """
    if key:
        return secret_of(key)
    zone = report.zone.pk if report.zone else 0
    said = f"{report.plate}|{zone}|{report.begins}|{report.until}|{report.disc}"
    auto = f"{AUTO}{secret_of(said)}"
    names = [f"{auto}:{number}" for number in range(MOST_AGAIN)]
    gone = Parking.objects.filter(operator=operator, key__in=names, deleted__isnull=False)
    return f"{auto}:{gone.count()}"


def _known(operator: Operator, key: str) -> Parking | None:
    return Parking.objects.filter(operator=operator, key=key).select_related(*JOINED).first()


def _same(known: Parking, report: Report) -> Parking:
    """The parking that the same request made. Raises Refused: it was another request."""
    if known.deleted is not None:
        raise Refused("key", "used", _("This parking was taken back. Take a new key."))
    if known.key.startswith(AUTO) or _alike(known, report):
        return known
    raise Refused("key", "used", _("This key was used for another request. Take a new one."))


def _alike(known: Parking, report: Report) -> bool:
    session = known.session
    if (session is None) != report.disc:
        return False
    plate_key = session.plate_key if session else known.plate_key
    zone = report.zone.pk if report.zone else None
    if plate_key not in (None, plates.key_of(report.plate)):
        return False
    if session is None:
        return True
    first = session.changes.order_by("number").first()
    same = first is not None and began_so(first, report.begins, report.until)
    return session.zone_id == zone and same


def _disc(operator: Operator, report: Report, key: str) -> Parking:
    skew, now = timedelta(seconds=settings().skew_seconds), clock.now()
    begins, until = whole(report.begins), whole(report.until) if report.until else None
    if begins < now - skew:
        raise Refused("time_start", "past", _("A right to park cannot begin in the past."))
    if begins > now + timedelta(hours=settings().ahead_hours):
        raise Refused("time_start", "far", _("This begins too far ahead."))
    if until is not None and not begins < until <= begins + LONGEST_DISC:
        raise Refused("time_end", "disc", _("A disc ends after its beginning, within 24 hours."))
    assert report.position is not None
    return Parking.objects.create(
        operator=operator, disc=Range(begins, until), key=key, terminal=report.terminal,
        plate_sealed=plates.seal(report.plate), plate_key=plates.key_of(report.plate),
        zone=where.spot(*report.position).zone, **_position(report.position),
    )  # fmt: skip


def _position(position: tuple[float, float] | None) -> dict[str, float | None]:
    lon, lat = position or (None, None)
    return {"lon": lon, "lat": lat}


def fresh(parking: Parking) -> bool:
    """Whether all of it can still be corrected: just after the start."""
    return clock.now() - parking.created <= timedelta(seconds=settings().undo_seconds)


def changed(parking: Parking, new: Report, only: set[str], *, key: str) -> Parking:
    """Correct what `only` names (fields of Report). Later only the end changes.

    Raises Refused, and TooLate where more than the end is asked for too late.
    """
    with transaction.atomic():
        row = Parking.objects.select_for_update(of=("self",)).select_related(*JOINED).get(
            pk=parking.pk)  # fmt: skip
        if only - {"until"} and not fresh(row):
            raise TooLate
        if new.disc != (row.session is None):
            told = _("Delete it, and start another one of the other sort.")
            raise Refused("is_disc_parking", "sort", told)
        if row.session is None:
            _change_disc(row, new, only)
        else:
            _change_right(row, row.session, new, only, key)
        _change_rest(row, new, only)
        return row


def _change_right(row: Parking, session: Session, new: Report, only: set[str], key: str) -> None:
    actor = actor_of(row.operator)
    keys = {part: secret_of(key, part) for part in ("plate", "end", "new", "off")}
    moved = bool(only & {"zone", "begins"}) and (
        (new.zone is not None and new.zone.pk != session.zone_id)
        or whole(new.begins) != session.during.lower
    )
    reopened = "until" in only and new.until is None and not session.open_ended
    if reopened and not fresh(row):
        raise Refused("time_end", "open", _("A parking that has an end keeps one."))
    if moved or reopened:
        rights.cancel(session.pk, key=keys["off"], actor=actor)
        row.session = rights.start(_wanted(row.operator, new), key=keys["new"], actor=actor)
        row.zone = row.session.zone
        row.save(update_fields=["session", "zone"])
        return
    if "plate" in only and plates.key_of(new.plate) != session.plate_key:
        rights.correct_plate(session.pk, new.plate, key=keys["plate"], actor=actor,
                             vehicle=_class_by_plate(session, new))  # fmt: skip
    if "until" in only and new.until is not None:
        ends_at(row, new.until, key=keys["end"])
    row.session = Session.objects.select_related("zone", "tariff").get(pk=session.pk)


def ends_at(row: Parking, until: datetime, *, key: str) -> None:
    """Another end, whichever way it moves; the same one changes nothing. Raises Refused."""
    session, actor = row.session, actor_of(row.operator)
    assert session is not None
    if not session.open_ended and whole(until) == session.during.upper:
        return
    if until <= clock.now():
        rights.stop(session.pk, until, key=key, actor=actor)
    elif session.open_ended or until > session.during.upper:
        rights.extend(session.pk, until, key=key, actor=actor)
    else:
        rights.shorten(session.pk, until, key=key, actor=actor)


def _class_by_plate(session: Session, new: Report) -> str:
    """The class that a corrected plate tells; one that the provider named stays (empty)."""
    if session.vehicle not in ("car", ELECTRIC):
        return ""
    return ELECTRIC if _says_electric(new.plate) else "car"


def _change_disc(row: Parking, new: Report, only: set[str]) -> None:
    begins = whole(new.begins) if "begins" in only else row.disc.lower
    until = row.disc.upper
    if "until" in only:
        until = whole(new.until) if new.until else None
    if until is not None and not begins < until <= begins + LONGEST_DISC:
        raise Refused("time_end", "disc", _("A disc ends after its beginning, within 24 hours."))
    row.disc = Range(begins, until)
    if "plate" in only:
        row.plate_key, row.plate_sealed = plates.key_of(new.plate), plates.seal(new.plate)
    if "position" in only and new.position is not None:
        row.zone = where.spot(*new.position).zone


def _change_rest(row: Parking, new: Report, only: set[str]) -> None:
    if "terminal" in only:
        row.terminal = new.terminal
    if "position" in only:
        row.lon, row.lat = new.position or (None, None)
    row.changed = clock.now()
    row.save()


def take_back(parking: Parking, *, key: str) -> None:
    """As if it had never been. Raises Refused, and TooLate where it has begun a while ago."""
    begun = parking.session is None or parking.session.during.lower <= clock.now()
    if begun and not fresh(parking):
        raise TooLate
    with transaction.atomic():
        if parking.session is not None:
            rights.cancel(parking.session.pk, key=secret_of(key), actor=actor_of(parking.operator))
        Parking.objects.filter(pk=parking.pk).update(deleted=clock.now(), changed=clock.now())


def price(parking: Parking) -> Mapping[str, Any]:
    """What the city gets for it so far; open until its end is known."""
    session = parking.session
    if session is None:
        return {"cents": 0, "currency": "EUR", "final": True}
    return {"cents": session.cents, "currency": "EUR", "final": not session.open_ended}
