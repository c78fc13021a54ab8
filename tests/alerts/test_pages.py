"""The staff's pages: the list, one alert, rules with their test, maintenance, messages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stadtkern.kernel.alerts import defaults
from stadtkern.kernel.alerts.models import Alert, Delivery, Incident, Maintenance, Rule, Webhook
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.places.models import Area

from .conftest import START

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


@pytest.fixture
def as_(people):
    def browser(name):
        client = Client()
        client.force_login(getattr(people, name))
        return client

    return browser


@pytest.fixture
def firing(town, rule, put, look):
    """One alert of a measured value, with a device behind it."""
    thing = town.thing("Feinstaub am Rathaus")
    device = town.device(thing=thing, last_seen=START)
    stream = town.stream(of=thing)
    rule(condition={"high": 50, "minutes": 20}, observed_property=town.pm10, title="Feinstaub")
    values = [(START + 10 * n * MINUTES, float(40 + 5 * n)) for n in range(8)]
    put(stream, *values)
    (alert,) = look(minutes=71)
    assert alert.state == "firing"
    alert.device_behind = device
    return alert


def text(answer):
    return answer.content.decode()


def do(browser, alert, **data):
    return browser.post(reverse("staff-alert-do", args=[alert.pk]), data)


def test_an_alert_explains_itself_with_its_data(as_, firing):
    said = text(as_("data").get(reverse("staff-alert", args=[firing.pk])))
    assert "PM10 über 50 µg/m³ länger als 20 Minuten" in said
    assert "65 µg/m³" in said
    assert "obere Grenze" in said
    assert "<svg" in said
    assert "Feinstaub am Rathaus" in said
    assert f"/staff/devices/{firing.device_behind.pk}/" in said
    assert str(firing.datastream.thing.place.public_id) in said
    assert "Was zu tun ist" in said


def test_taking_on_snoozing_giving_closing_and_commenting_are_noted_and_audited(
    as_, firing, people, time
):
    browser = as_("data")
    do(browser, firing, deed="acknowledge", text="Ich fahre hin")
    do(browser, firing, deed="snooze", hours="2")
    do(browser, firing, deed="assign", to=str(people.operator.pk))
    do(browser, firing, deed="comment", text="Straßenfest")
    do(browser, firing, deed="resolve")
    firing.refresh_from_db()
    assert firing.acknowledged_by == people.data
    assert firing.snoozed_until == time.at + timedelta(hours=2)
    assert firing.assigned == people.operator
    assert (firing.state, firing.why) == ("resolved", "hand")
    said = text(browser.get(reverse("staff-alert", args=[firing.pk])))
    assert "Ich fahre hin" in said
    assert "Straßenfest" in said
    verbs = Entry.objects.filter(target=f"alerts.alert:{firing.pk}").values_list("verb", flat=True)
    assert set(verbs) == {
        "alerts.acknowledged", "alerts.snoozed", "alerts.assigned", "alerts.comment",
        "alerts.resolved",
    }  # fmt: skip


def test_what_a_person_closed_is_raised_again_only_after_it_was_well(as_, firing, put, look):
    do(as_("data"), firing, deed="resolve")
    put(firing.datastream, (START + 80 * MINUTES, 80.0))
    assert [a.state for a in look(minutes=10)] == ["resolved"]
    put(firing.datastream, (START + 90 * MINUTES, 20.0))
    look(minutes=10)
    put(firing.datastream, (START + 100 * MINUTES, 80.0), (START + 125 * MINUTES, 80.0))
    assert [a.state for a in look(minutes=40)] == ["resolved", "firing"]


def test_a_reader_sees_and_changes_nothing(as_, firing):
    browser = as_("reader")
    assert "Feinstaub" in text(browser.get(reverse("staff-alerts")))
    assert do(browser, firing, deed="acknowledge").status_code == 403
    assert "bulk-bar" not in text(browser.get(reverse("staff-alerts")))


def test_the_list_filters_searches_and_saves_itself(as_, town, rule, look):
    for number in range(1, 4):
        town.device(number, clock_offset=900.0)
    rule("clock", "device", title="Uhr")
    look()
    Alert.objects.filter(device__dev_eui__endswith="2").update(acknowledged=START)
    browser, url = as_("data"), reverse("staff-alerts")
    assert text(browser.get(url)).count("<tr>") == 4
    assert text(browser.get(url, {"state": "waiting"})).count("<tr>") == 3
    assert "Gerät 3" in text(browser.get(url, {"q": "Gerät 3"}))
    assert "Gerät 2" not in text(browser.get(url, {"q": "Gerät 3"}))
    assert "Zu diesen Filtern passt nichts" in text(browser.get(url, {"severity": "critical"}))
    table = text(browser.get(url, {"format": "csv"}))
    assert table.count("Uhr geht") == 0
    assert table.count("900 Sekunden nach") == 3


def test_many_are_taken_on_at_once(as_, town, rule, look):
    for number in range(1, 4):
        town.device(number, clock_offset=900.0)
    rule("clock", "device")
    ids = [one.pk for one in look()]
    answer = as_("data").post(
        reverse("staff-alerts-bulk"),
        {"alert": ids[:2], "deed": "acknowledge", "back": "//evil.example/"},
    )
    assert answer["Location"] == reverse("staff-alerts")
    assert Alert.objects.exclude(acknowledged=None).count() == 2
    as_("data").post(reverse("staff-alerts-bulk"), {"alert": ids, "deed": "snooze", "hours": "5"})
    assert Alert.objects.exclude(snoozed_until=None).count() == 3


def test_the_menu_counts_what_nobody_took_on(as_, firing):
    browser = as_("data")
    assert "Alarme (1)" in text(browser.get(reverse("staff-rules")))
    do(browser, firing, deed="acknowledge")
    assert "Alarme (1)" not in text(browser.get(reverse("staff-rules")))


@pytest.mark.parametrize("name", ["staff-alerts", "staff-rules"])
def test_a_list_asks_as_much_for_many_as_for_few(as_, town, rule, look, name):
    browser, counts = as_("data"), []
    for first, last in ((0, 3), (3, 30)):
        for number in range(first, last):
            town.device(number, clock_offset=900.0, thing=town.thing())
            town.stream()
            rule("clock", "device", title=f"r{number}", on=number == 0)
            rule(condition={"high": 50}, observed_property=town.pm10, on=False)
        look(minutes=20)
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse(name))
        counts.append(len(queries))
    assert counts[0] == counts[1] < 25


def new_rule(browser, kind, about, **data):
    url = f"{reverse('staff-rule-new')}?kind={kind}&about={about}"
    known = {"title": "Neu", "severity": "warning", "digest": "none", "per_hour": "20"}
    return browser.post(url, {**known, **data})


def test_a_rule_is_made_with_its_recipients(as_, town, people):
    answer = new_rule(
        as_("data"), "threshold", "datastream", c_high="50,5", c_slack="5", c_minutes="30",
        observed_property=town.pm10.pk, people=[people.reader.pk], addresses="a@b.example\nc@d.example",
        quiet_from="22:00", quiet_to="06:00", escalate_minutes="60", tell_resolved="on",
    )  # fmt: skip
    made = Rule.objects.get()
    assert answer["Location"] == reverse("staff-rule", args=[made.pk])
    assert made.condition == {"high": 50.5, "slack": 5.0, "minutes": 30}
    assert made.addresses == ["a@b.example", "c@d.example"]
    assert list(made.people.all()) == [people.reader]
    assert made.escalate_after == timedelta(hours=1)
    said = text(as_("reader").get(answer["Location"]))
    assert "PM10 über 50,5" in said
    assert Entry.objects.filter(verb="alerts.rule_create").count() == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"c_minutes": "30", "observed_property": "pm10"}, "Geben Sie eine obere oder untere"),
        ({"c_high": "5", "c_minutes": "30"}, "Wählen Sie eine Messgröße"),
        ({"c_high": "viel", "c_minutes": "1", "observed_property": "pm10"}, "Zahl"),
        ({"c_high": "5", "c_minutes": "1", "observed_property": "pm10", "quiet_from": "22:00"},
         "Beginn und Ende"),
        ({"c_high": "5", "c_minutes": "1", "observed_property": "pm10", "addresses": "kein"},
         "E-Mail"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_not_saved_and_says_what_to_do(as_, town, data, says):
    data = {k: town.pm10.pk if v == "pm10" else v for k, v in data.items()}
    answer = new_rule(as_("data"), "threshold", "datastream", **data)
    assert answer.status_code == 422
    assert says in text(answer)
    assert not Rule.objects.exists()


KINDS = [
    ("rate", "datastream", {"c_way": "rises", "c_per_hour": "5", "c_window": "60"}),
    ("silence", "device", {"c_at_least": "30"}),
    ("silence", "gateway", {"c_at_least": "30", "c_after": "90"}),
    ("battery", "device", {"c_low": "20", "c_well": "30", "c_days": "30"}),
    ("frames", "device", {"c_percent": "20"}),
    ("decoding", "device", {"c_failures": "3"}),
    ("clock", "device", {"c_seconds": "300"}),
    ("geofence", "device", {"c_way": "leaves", "c_minutes": "0", "c_around": "Rathaus",
                            "c_metres": "500"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "about", "data"), KINDS, ids=lambda x: x if x is str else None)
def test_every_kind_of_rule_can_be_made_tried_and_changed(as_, town, kind, about, data):
    browser = as_("data")
    about_what = {"observed_property": town.pm10.pk} if about == "datastream" else {}
    tried = new_rule(browser, kind, about, **data, **about_what, **{"try": "1"})
    assert tried.status_code == 200
    assert "überwachten Stellen" in text(tried)
    assert not Rule.objects.exists()
    new_rule(browser, kind, about, **data, **about_what)
    made = Rule.objects.get()
    page = browser.get(reverse("staff-rule-change", args=[made.pk]))
    assert page.status_code == 200
    kept = page.context["form"].initial
    condition = dict(made.condition)
    again = {k: v for k, v in kept.items() if v not in (None, "") and k != "c_kept"}
    if kind == "geofence":
        import json

        again["c_kept"] = json.dumps(kept["c_kept"])
    browser.post(reverse("staff-rule-change", args=[made.pk]), {**again, "title": "Anders"})
    made.refresh_from_db()
    assert made.title == "Anders"
    assert made.condition == condition


def test_an_area_of_the_city_can_be_the_fence(as_, town):
    ring = [[7.1, 51.5], [7.3, 51.5], [7.3, 51.6], [7.1, 51.5]]
    area = Area.objects.create(
        kind="city", key="1", name="Stadtgebiet", source="x", licence="y",
        geometry={"type": "MultiPolygon", "coordinates": [[ring]]},
    )  # fmt: skip
    new_rule(as_("data"), "geofence", "device", c_way="leaves", c_minutes="10", c_area=area.pk)
    assert Rule.objects.get().condition["rings"] == [ring]


def test_switching_a_rule_off_ends_its_alerts_in_silence(as_, firing, look):
    browser, url = as_("data"), reverse("staff-rule-switch", args=[firing.rule_id])
    browser.post(url)
    firing.refresh_from_db()
    assert (firing.state, firing.why) == ("resolved", "off")
    assert not Delivery.objects.exists()
    browser.post(url)
    assert [a.state for a in look()] == ["resolved", "firing"]


def test_an_incident_is_taken_on_with_all_its_alerts(as_, town, rule, look, people):
    for number in range(5):
        town.device(number, last_seen=START)
    rule("silence", "device", {"at_least": 5})
    look(hours=2)
    incident = Incident.objects.get()
    browser = as_("data")
    assert "Gerät 4" in text(browser.get(reverse("staff-incident", args=[incident.pk])))
    browser.post(reverse("staff-incident-do", args=[incident.pk]), {"text": "Stromausfall"})
    assert Alert.objects.filter(acknowledged_by=people.data).count() == 5
    town.device(9, last_seen=START, every=timedelta(hours=1), patience=timedelta(hours=3))
    assert Alert.objects.waiting().count() == 0
    look(hours=2)
    assert Alert.objects.filter(acknowledged_by=people.data, incident=incident).count() == 6


def test_maintenance_is_noted_by_the_citys_clock_and_ended(as_, town, time):
    browser = as_("data")
    answer = browser.post(
        reverse("staff-maintenance-new"),
        {"title": "Umbau", "starts": "2026-03-02T09:00", "ends": "2026-03-02T12:00",
         "place": "rathaus", "weekly": "on"},
    )  # fmt: skip
    assert answer.status_code == 302
    window = Maintenance.objects.get()
    assert (window.starts, window.place) == (START, town.place)
    time.on(minutes=5)
    assert "jede Woche wieder" in text(browser.get(reverse("staff-maintenance")))
    browser.post(reverse("staff-maintenance-end", args=[window.pk]))
    window.refresh_from_db()
    assert (window.ends, window.weekly) == (time.at, False)
    wrong = {"title": "x", "starts": "2026-03-02T12:00", "ends": "2026-03-02T09:00", "place": "xyz"}
    answer = browser.post(reverse("staff-maintenance-new"), wrong)
    assert answer.status_code == 422
    assert "Kein Ort heißt so" in text(answer)


def test_a_webhooks_secret_is_shown_once(as_):
    browser = as_("data")
    page = text(
        browser.post(reverse("staff-webhook-new"), {"title": "L", "url": "https://1.1.1.1/"})
    )
    secret = page.split('class="secret">')[1].split("<")[0]
    assert len(secret) > 30
    assert secret not in text(browser.get(reverse("staff-webhooks")))
    inside = browser.post(reverse("staff-webhook-new"), {"title": "L", "url": "http://10.0.0.1/"})
    assert inside.status_code == 422
    assert "privaten Netz" in text(inside)
    assert Webhook.objects.count() == 1
    assert as_("reader").get(reverse("staff-webhooks")).status_code == 403


def test_a_failed_message_is_in_sight_and_can_be_sent_again(as_, town, rule, look):
    town.device(clock_offset=900.0)
    rule("clock", "device", addresses=["a@b.example"])
    look()
    Delivery.objects.update(state="failed", problem="Connection refused", tries=12)
    browser = as_("data")
    assert "Connection refused" in text(browser.get(reverse("staff-messages")))
    browser.post(reverse("staff-message-again", args=[Delivery.objects.get().pk]))
    assert Delivery.objects.get().state == "waiting"


def test_a_devices_page_shows_its_alerts(as_, firing):
    said = text(as_("data").get(reverse("staff-device", args=[firing.device_behind.pk])))
    assert f"/staff/alerts/{firing.pk}/" in said


def test_the_rules_of_a_new_city_are_listed_in_plain_words(as_, people):
    defaults.ensure()
    said = text(as_("reader").get(reverse("staff-rules")))
    assert "Batterie bei 20 % oder weniger oder laut Vorhersage leer in höchstens 30 Tage" in said
    assert "alle Gateways der Stadt" in said
