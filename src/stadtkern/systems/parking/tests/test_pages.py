import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from stadtkern.kernel.devices import provision
from stadtkern.kernel.devices.models import Device, Profile
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.kernel.things.models import Thing
from stadtkern.systems.parking import jobs, layers, logic

from .conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(car_park):
    site = car_park(10)
    site.hear_all(taken=10)
    jobs.recount_all()
    return site


def words(response) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize(
    ("address", "said"),
    [("/parken/", ["Parken", "voll", "von 10 Stellplätzen frei", "10 von 10 Sensoren melden."]),
     ("/en/parking/", ["Parking", "full", "of 10 bays free", "10 of 10 sensors report."])],
)  # fmt: skip
def test_the_page_speaks_both_languages(client, full, address, said):
    text = words(client.get(address))
    for one in said:
        assert one in text


@pytest.mark.parametrize(("language", "word"), [("de", "belegt"), ("en", "occupied")])
def test_every_bay_is_listed_with_its_state_as_a_word(client, full, language, word):
    full.hear(4, taken=False, at=NOW + timedelta(seconds=1))
    with override(language):
        response = client.get(reverse("parking:bays", args=[full.place.public_id]))
    assert words(response).count(f": {word}") == 9
    assert response.content.count(b"/places/") >= 10


def test_a_place_that_is_no_site_has_no_list_of_bays(client, full):
    assert client.get(f"/parken/{full.bays[0].public_id}/").status_code == 404


def test_a_stale_site_shows_no_number(client, full, clock):
    clock.shift(timedelta(minutes=31))
    for text in (words(client.get("/parken/")), words(client.get("/parken/cards/"))):
        assert "keine aktuellen Daten" in text
        assert "von 10 Stellplätzen frei" not in text
    (pin,) = layers.site_pins()
    assert (pin.state, pin.stale, pin.label, pin.share) == ("none", True, "–", None)


def test_bays_that_are_not_known_are_hatched_and_said(client, car_park):
    site = car_park(10)
    for i in range(8):
        site.hear(i, taken=False)
    jobs.recount_all()
    response = client.get("/parken/cards/")
    assert "8 von 10 Sensoren melden. Der schraffierte Teil ist unbekannt." in words(response)
    assert b'class="unknown"' in response.content


def test_pins_say_what_the_map_shows(car_park):
    site = car_park(10)
    for i in range(9):
        site.hear(i, taken=i < 3)
    jobs.recount_all()
    with override("en"):
        (pin,) = layers.site_pins()
        states = [(one.label, one.state, one.text, one.small) for one in layers.bay_pins()]
    assert (pin.name, pin.label, pin.state, pin.share) == ("P+R Nord (en)", "6", "good", 0.6)
    assert pin.text == "6 of 10 bays free, many free, 1 not known"
    assert states[0] == ("A 1", "bad", "occupied", True)
    assert states[8] == ("A 9", "good", "free", True)
    assert states[9] == ("A 10", "none", "no current data", True)


def test_the_tile_adds_up_only_sites_that_send(car_park, clock):
    silent, busy = car_park(10, "P+R Süd"), car_park(8)
    silent.hear_all(taken=0, at=NOW - timedelta(days=3))
    busy.hear_all(taken=3)
    jobs.recount_all()
    with override("en"):
        tile = layers.free_tile()
    assert (tile.value, tile.unit, tile.stale) == ("5", "of 8", False)
    assert tile.detail == "1 of 2 car parks send data"
    clock.shift(timedelta(minutes=31))
    assert layers.free_tile().stale
    assert layers.free_tile().value == "–"


def test_trends_add_up_step_by_step():
    assert layers.together([(1.0, None, 3.0), (10.0, 20.0, 30.0)]) == (11.0, None, 33.0)


def test_silent_sensors_and_empty_sites_are_problems(car_park):
    car_park(0, "P+R Leer")
    for count, name in ((10, "P+R Zehn"), (9, "P+R Neun")):
        site = car_park(count, name)
        site.hear_all(taken=0)
        site.hear(0, taken=False, at=NOW)
    # One of ten is a tenth, which is not yet more than a tenth; one of nine is.
    for site in ("P+R Zehn", "P+R Neun"):
        Thing.objects.filter(place__parent__name=site).first().delete()
    with override("en"):
        found = logic.check_sites()
    assert [problem.text for problem in found] == [
        "P+R Leer (en) has no parking bays: add places of the kind “Parking bay” to it.",
        "P+R Neun (en): 1 of 9 bay sensors are silent.",
    ]
    assert all(problem.fix.startswith("/") for problem in found)


def add_devices(site) -> None:
    provision.sync_profiles()
    profile = Profile.objects.get(slug="bosch-tps110")
    things = Thing.objects.filter(place__in=site.bays, kind="parking.bay-sensor").order_by("id")
    provision.devices(profile, [(f"{site.place.pk:08x}{t.pk:08x}", t.name, t) for t in things])


def asked(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("page", ["/parken/", "/parken/cards/", "/staff/parking/"])
def test_pages_ask_the_database_no_more_for_many_bays(admin_client, car_park, page):
    add_devices(car_park(3))
    few = asked(admin_client, page)
    add_devices(car_park(40, "P+R Süd"))
    assert asked(admin_client, page) == few


def person(client, *granted: str, is_staff: bool = True):
    roles.sync()
    account = Account.objects.create_user("person", is_staff=is_staff)
    account.roles.set(Role.objects.filter(slug__in=granted))
    client.force_login(account)
    return client


def test_the_staff_page_opens_for_the_role_and_for_nobody_else(client, full):
    response = client.get("/staff/parking/")
    assert response.status_code == 302
    assert "next=/staff/parking/" in response["Location"]
    person(client, "reader")
    assert client.get("/staff/parking/").status_code == 403
    Account.objects.all().delete()
    person(client, "parking.warden")
    assert "Platz A 1" in words(client.get("/staff/parking/"))
    Account.objects.all().delete()
    person(client, "parking.warden", is_staff=False)
    assert client.get("/staff/parking/").status_code == 403


def names(client, query: str) -> list[str]:
    page = client.get(f"/staff/parking/{query}").content.decode()
    return re.findall(r">(?:Platz|Bay) (A \d+)<", page)


def test_the_staff_list_filters_and_sorts_and_ignores_nonsense(admin_client, car_park):
    site = car_park(4)
    add_devices(site)
    for bay, taken, battery in ((0, True, 80), (1, False, 10), (2, True, None)):
        site.hear(bay, taken)
        Device.objects.filter(thing__place=site.bays[bay]).update(battery=battery)
    every = ["A 1", "A 2", "A 3", "A 4"]
    assert names(admin_client, "") == every
    assert names(admin_client, "?state=taken") == ["A 1", "A 3"]
    assert names(admin_client, "?state=unknown") == ["A 4"]
    assert names(admin_client, "?battery=low") == ["A 2"]
    assert names(admin_client, "?q=a+3") == ["A 3"]
    assert names(admin_client, f"?site={site.place.public_id}&state=free") == ["A 2"]
    assert names(admin_client, "?sort=battery") == ["A 2", "A 1", "A 3", "A 4"]
    assert names(admin_client, "?sort=-battery") == ["A 1", "A 2", "A 3", "A 4"]
    assert names(admin_client, "?sort=-bay") == every[::-1]
    assert names(admin_client, "?sort=x&state=y&site=z&battery=w&page=99") == every


def test_the_staff_list_has_pages_that_keep_the_filter(admin_client, car_park):
    car_park(60)
    assert len(names(admin_client, "?state=unknown")) == 50
    assert len(names(admin_client, "?state=unknown&page=2")) == 10
    page = admin_client.get("/staff/parking/?state=unknown&sort=-bay").content.decode()
    assert "state=unknown&amp;sort=-bay&amp;page=2" in page
