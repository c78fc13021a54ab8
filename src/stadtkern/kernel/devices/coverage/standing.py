"""A gateway as a thing at a place: what it hears becomes a time series like any other."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import Observed, ThingKind
from stadtkern.kernel.devices.models import Gateway
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things import provision
from stadtkern.kernel.things.models import Datastream, HistoricalLocation, Sensor, Thing

KIND = "devices.gateway"
# A value stands for the hour before it and comes ten minutes after.
STALE = timedelta(hours=4)

uplinks = Observed(
    slug="gateway_uplinks", title=_("Uplinks heard in an hour"), unit="1", unit_name="count",
    decimals=0, stale_after=STALE, low=0,
)  # fmt: skip
devices = Observed(
    slug="gateway_devices", title=_("Devices heard on a day"), unit="1", unit_name="count",
    decimals=0, stale_after=timedelta(hours=50), low=0,
)  # fmt: skip
airtime = Observed(
    slug="gateway_airtime", title=_("Time on air heard in an hour"), unit="s", unit_name="second",
    stale_after=STALE, low=0,
)  # fmt: skip
GATEWAY = ThingKind(
    slug="gateway", title=_("LoRaWAN gateway"), observes=(uplinks, devices, airtime)
)


def stand(gateway: Gateway, place: Place, thing: Thing | None = None) -> Thing:
    """Let a gateway stand at this place as a thing: its own, a given one, or a new one."""
    with transaction.atomic():
        thing = thing or gateway.thing or Thing.objects.create(kind=KIND, name=str(gateway))
        if thing.place_id != place.pk:
            thing.place = place
            thing.save(update_fields=["place"])
            HistoricalLocation.objects.create(thing=thing, place=place)
        _observe(thing)
        gateway.thing = thing
        gateway.save(update_fields=["thing"])
    return thing


def _observe(thing: Thing) -> None:
    """The datastreams that are missing."""
    sensor, _created = Sensor.objects.get_or_create(
        name="LoRaWAN", defaults={"description": "Uplinks as the network server reports them"}
    )
    properties = provision.properties_of(GATEWAY)
    have = set(thing.datastreams.values_list("observed_property__slug", flat=True))
    Datastream.objects.bulk_create(
        Datastream(
            thing=thing,
            sensor=sensor,
            observed_property=properties[observed.slug],
            one_per_instant=True,
            **provision.datastream_fields(observed, thing.name),
        )
        for observed in GATEWAY.observes
        if observed.slug not in have
    )
