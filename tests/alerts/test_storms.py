"""One gateway dies, and one message is sent."""

from datetime import timedelta

import pytest

from stadtkern.kernel.alerts.models import Alert, Delivery, Incident
from stadtkern.kernel.devices.models import Device, Gateway

from .conftest import START

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


@pytest.fixture
def fleet(town):
    """Two gateways with ten devices each, which send in turns: every 10 to 60 minutes."""
    from stadtkern.kernel.devices.models import Network

    for eui in ("aa", "bb"):
        Gateway.objects.create(eui=eui, name=eui.upper(), own=True, last_seen=START)
    network = Network.objects.create(slug="n2", title="Zweites Netz", kind="chirpstack")
    return [
        town.device(
            n, gateway="aa" if n < 10 else "bb", network=town.network if n < 14 else network,
            every=timedelta(minutes=10 + 5 * (n % 10)),
            last_seen=START - timedelta(minutes=n % 10),
        )
        for n in range(20)
    ]  # fmt: skip


def live(time, *, dead=(), devices=True):
    """Every device whose gateway lives sends when it is due."""
    for device in Device.objects.all():
        while device.gateway not in dead and device.last_seen + device.every <= time.at:
            device.last_seen += device.every
            Gateway.objects.filter(eui=device.gateway).update(last_seen=device.last_seen)
        device.save()


def messages():
    return Delivery.objects.order_by("pk")


def test_a_dead_gateway_is_one_incident_and_one_message(fleet, rule, look, time):
    rule("silence", "device", {"at_least": 5}, addresses=["technik@stadt.example"])
    rule("silence", "gateway", {"at_least": 5}, addresses=["technik@stadt.example"],
         tell_resolved=False)  # fmt: skip
    for _ in range(40):
        time.on(minutes=5)
        live(time, dead={"aa"})
        look(seconds=1)
    firing = Alert.objects.firing()
    assert firing.filter(device__isnull=False).count() == 10
    assert firing.filter(gateway__eui="aa").count() == 1
    (incident,) = Incident.objects.all()
    assert (incident.cause, incident.which, incident.closed) == ("gateway", "aa", None)
    assert set(firing.values_list("incident", flat=True)) == {incident.pk}
    assert [m.event for m in messages()] == ["raised"]
    for _ in range(15):
        time.on(minutes=5)
        live(time)
        look(seconds=1)
    incident.refresh_from_db()
    assert incident.closed is not None
    assert not Alert.objects.firing().exists()
    assert [m.event for m in messages()] == ["raised", "resolved"]


def test_a_dead_network_is_the_widest_cause(fleet, rule, look, time):
    Device.objects.filter(network__slug="lora").update(gateway="")
    rule("silence", "device", {"at_least": 5})
    for _ in range(20):
        time.on(minutes=5)
        live(time, dead={""})
        look(seconds=1)
    assert [i.cause for i in Incident.objects.all()] == ["network"]


def test_when_nothing_is_heard_at_all_that_is_what_the_message_says(fleet, rule, look, time):
    rule("silence", "device", {"at_least": 5}, addresses=["technik@stadt.example"])
    look(hours=6)
    (incident,) = Incident.objects.all()
    assert incident.cause == "all"
    assert incident.alerts.count() == 20
    assert messages().count() == 1


def test_one_device_of_many_that_falls_silent_is_no_incident(fleet, rule, look, time):
    rule("silence", "device", {"at_least": 5}, addresses=["technik@stadt.example"])
    Device.objects.filter(pk=fleet[3].pk).update(gateway="cc")
    for _ in range(30):
        time.on(minutes=5)
        live(time, dead={"cc"})
        look(seconds=1)
    assert Incident.objects.count() == 0
    (alert,) = Alert.objects.firing()
    assert alert.device == fleet[3]
    assert messages().count() == 1


def test_a_rule_with_too_many_alerts_says_so_once_in_an_hour(town, rule, look, time):
    for n in range(30):
        town.device(n, clock_offset=900.0)
    rule("clock", "device", per_hour=5, addresses=["technik@stadt.example"])
    look()
    assert [m.event for m in messages()] == ["raised"] * 5 + ["flood"]
    for n in range(30, 40):
        town.device(n, clock_offset=900.0)
    look(minutes=20)
    assert messages().count() == 6
