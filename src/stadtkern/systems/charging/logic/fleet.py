"""The quarter's shared vehicle: its battery, its bookings, and what others may know of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import changes
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.bookings.wanted import Person, Wanted
from stadtkern.kernel.contract import State
from stadtkern.kernel.feeds import sharing
from stadtkern.kernel.people.models import digest_of
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, Latest
from stadtkern.systems.charging.logic import CADDY_KIND, CADDY_THING, settings
from stadtkern.systems.charging.models import Caddy

OLD = timedelta(hours=26)
TICK = timedelta(microseconds=1)
FUTURE = ("held", "booked", "arrived")
# Bookings that one mailbox may have ahead of it.
MOST_AHEAD = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Now:
    """A vehicle now. `charge` in per cent, None where it was not told for a day."""

    caddy: Caddy
    charge: float | None
    charge_at: datetime | None
    booked: Booking | None

    @property
    def state(self) -> State:
        """As colour and shape."""
        if self.caddy.state == "out":
            return "bad"
        return "tight" if self.booked or self.caddy.state == "in_use" else "good"

    @property
    def word(self) -> str:
        """In words."""
        if self.booked and self.caddy.state != "out":
            return _("booked now")
        return str(self.caddy.get_state_display())

    @property
    def free(self) -> bool:
        """Whether somebody could take it now."""
        return self.booked is None and self.caddy.state in ("free", "charging")

    @property
    def charge_share(self) -> float:
        """From 0 to 1; 0 where it is not known."""
        return (self.charge or 0) / 100

    @property
    def left_km(self) -> int | None:
        """How far it goes with what is in the battery."""
        return None if self.charge is None else round(self.caddy.range_km * self.charge / 100)


def all_now() -> list[Now]:
    """All shared vehicles; three queries."""
    now = clock.now()
    found = list(Caddy.objects.select_related("place", "resource", "thing"))
    charges = {
        one.datastream.thing_id: one
        for one in Latest.objects.filter(datastream__thing__in=[c.thing_id for c in found],
                                         datastream__observed_property__slug="battery_charge")
        .select_related("datastream")
    }  # fmt: skip
    booked = {
        one.resource_id: one
        for one in Booking.objects.filter(
            resource__in=[c.resource_id for c in found], state__in=FUTURE,
            begins__lte=now, ends__gt=now,
        )
    }  # fmt: skip
    return [_now(one, charges.get(one.thing_id or 0), booked.get(one.resource_id)) for one in found]


def _now(caddy: Caddy, last: Latest | None, booked: Booking | None) -> Now:
    fresh = last is not None and clock.age(last.at) < OLD
    return Now(caddy=caddy, charge=last.value if last and fresh else None,
               charge_at=last.at if last else None, booked=booked)  # fmt: skip


def read_off(caddy: Caddy, charge: int) -> None:
    """Store what somebody read off the battery's display, marked as not measured by a device."""
    stream = Datastream.objects.filter(
        thing=caddy.thing_id, observed_property__slug="battery_charge"
    ).first()  # fmt: skip
    if stream is None:
        return
    last = Latest.objects.filter(datastream=stream).first()
    at = clock.now() if last is None else max(clock.now(), last.at + TICK)
    told = store.Observation(
        datastream=stream.pk, at=at, value=float(charge), quality=store.ESTIMATED
    )
    store.write([told], kinds=(CADDY_THING,))


def code_fits(caddy: Caddy, code: str) -> bool:
    """Whether this is the code that the residents have."""
    return bool(caddy.code) and digest_of(code.strip().upper()) == caddy.code


def book(caddy: Caddy, begins: datetime, hours: int, person: Person) -> Booking:
    """The vehicle for so many hours. Raises Refused: taken, closed, too many ahead."""
    ahead = Booking.objects.of_kind(CADDY_KIND).of_mailbox(person.email)
    if ahead.filter(state__in=FUTURE, ends__gt=clock.now()).count() >= MOST_AHEAD:
        raise Refused(_("You have three bookings ahead of you. Please use or cancel one first."))
    if caddy.state == "out":
        raise Refused(_("The vehicle is out of service. Please look again later."))
    wanted = Wanted(resource=caddy.resource, begins=begins, ends=begins + timedelta(hours=hours))
    return changes.book(wanted, kind=CADDY_KIND, person=person, source="caddy")


def ahead(caddy: Caddy, until: datetime) -> list[tuple[datetime, datetime]]:
    """When it is taken from now on: times only, nobody's name."""
    rows = Booking.objects.filter(resource=caddy.resource_id, state__in=FUTURE,
                                  ends__gt=clock.now(), begins__lt=until)  # fmt: skip
    return list(rows.order_by("begins").values_list("begins", "ends"))


def fleets() -> Iterator[sharing.SharedFleet]:
    """Each as a fleet of its own with one station, in the words of GBFS."""
    for one in all_now():
        yield _fleet(one)


def _fleet(one: Now) -> sharing.SharedFleet:
    caddy, place, now = one.caddy, one.caddy.place, clock.now()
    english = get_language() == "en"
    kind = sharing.VehicleType(
        id="e-caddy", name=_("Electric van"), form_factor="car", propulsion="electric",
        range_m=caddy.range_km * 1000,
    )  # fmt: skip
    away = caddy.state == "in_use"
    left = one.left_km
    vehicle = sharing.SharedVehicle(
        id=str(caddy.public_id), type=kind.id, at=one.charge_at or caddy.state_at,
        reserved=one.booked is not None, disabled=caddy.state == "out", station=caddy.slug,
        left_m=None if left is None else left * 1000,
    )  # fmt: skip
    station = sharing.Station(
        id=caddy.slug, name=place.title, lon=place.lon or 0, lat=place.lat or 0,
        vehicles=int(one.free), docks=int(away), at=now, capacity=1,
        renting=caddy.state != "out", address=place.street,
    )  # fmt: skip
    return sharing.SharedFleet(
        id=f"{caddy.slug}", system="charging", name=caddy.name_en if english else caddy.name,
        operator=caddy.operator, types=(kind,), stations=(station,),
        vehicles=() if away else (vehicle,), url=reverse("charging:caddy", args=[caddy.slug]),
        email=settings().contact, opening_hours=caddy.hours, source=place.source,
        invented=caddy.invented,
    )  # fmt: skip
