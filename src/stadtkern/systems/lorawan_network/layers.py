"""What map and tiles show of the network."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.contract import Pin, Reading
from stadtkern.kernel.devices.coverage import load
from stadtkern.kernel.devices.models import GatewayHour
from stadtkern.kernel.ui.numbers import MISSING, figure
from stadtkern.systems.lorawan_network import logic
from stadtkern.systems.lorawan_network.logic import Standing

HOURS = 24


def gateway_pins() -> Iterator[Pin]:
    """The city's own gateways."""
    return pins_of(logic.gateways())


def pins_of(found: Sequence[Standing]) -> Iterator[Pin]:
    """Pins of gateways already at hand."""
    for one in found:
        if one.place.lon is None or one.place.lat is None:
            continue
        yield Pin(
            place=one.place.public_id,
            name=one.place.title,
            lon=one.place.lon,
            lat=one.place.lat,
            state=one.state,
            label=figure(one.day) if one.last_seen else MISSING,
            text=text_of(one),
            at=one.last_seen,
        )


def text_of(one: Standing) -> str:
    """The gateway's state in words."""
    if one.last_seen is None:
        return _("no current data")
    if one.state == "bad":
        return _("silent")
    return _("receives, %(count)s messages in 24 hours") % {"count": figure(one.day)}


def gateways_tile() -> Reading | None:
    """How many of our gateways receive."""
    found = logic.gateways()
    if not found:
        return None
    heard = [one.last_seen for one in found if one.last_seen]
    return Reading(
        value=figure(sum(one.state == "good" for one in found)) if heard else MISSING,
        unit=_("of %(all)s") % {"all": figure(len(found))},
        detail=_("receive at the moment"),
        source="LoRaWAN",
        at=max(heard, default=None),
        stale=not heard,
        url=reverse("lorawan_network:home"),
    )


def messages_tile() -> Reading | None:
    """What all gateways together heard in 24 hours, each message once."""
    now = clock.now()
    last = now.replace(minute=0, second=0, microsecond=0)
    rows = GatewayHour.objects.filter(hour__gt=last - timedelta(hours=HOURS)).order_by()
    by_hour = dict(rows.values_list("hour").annotate(Sum("best")))
    steps = [last - timedelta(hours=HOURS - 1 - n) for n in range(HOURS)]
    # The running hour is not over, and would look like a fall.
    trend = tuple(float(by_hour.get(hour, 0)) for hour in steps[:-1])
    newest = max(by_hour, default=None)
    return Reading(
        value=figure(load.numbers().day) if newest else MISSING,
        unit="",
        source="LoRaWAN",
        at=min(newest + timedelta(hours=1), now) if newest else None,
        stale=newest is None,
        url=reverse("lorawan_network:home"),
        trend=trend if any(trend) else (),
    )
