"""What drivers and staff see, with the demo's 81 points."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from stadtkern.kernel import clock, formguard, registry
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.charging import checking, datasets, erasing, layers
from stadtkern.systems.charging.logic import fleet, live, reading
from stadtkern.systems.charging.models import (
    Caddy,
    Connector,
    Location,
    RegisterRecord,
)

pytestmark = pytest.mark.django_db
STAFF = ("", "locations/grenzweg-18/", "faults/", "register/", "tariffs/", "tariffs/demo-ac/",
         "tariffs/new/", "counts/", "partners/", "vehicles/", "vehicles/e-caddy/")  # fmt: skip


def test_the_utility_has_81_points_and_what_is_invented_says_so(town, db):
    found = [one for one in reading.stations() if one.location.operator == "Stadtwerke Herne AG"]
    assert sum(one.all for one in found) == 81
    real = [one for one in found if not one.place.invented]
    assert sum(one.all for one in real) == 23
    assert all("erfunden" in one.place.source for one in found if one.place.invented)
    grenzweg = next(one for one in real if one.location.uid == "grenzweg-18")
    assert grenzweg.max_watt == 150_000
    assert "erfunden" in grenzweg.location.note


def test_the_list_shows_prices_for_my_car_and_finds_by_filter(town, client, text):
    page = client.get("/laden/", {"q": "Grenzweg", "kwh": "20", "ac": "11.0", "dc": "50.0"})
    assert page.status_code == 200
    said = text(page)
    assert "Grenzweg 18" in said
    assert "Haltestelle Rathaus" not in said
    # 20 kWh at 0.437 euro without tax, the cheapest plug there.
    assert "10,40 €" in said
    assert "Kein Ort passt" in text(client.get("/laden/", {"q": "Atlantis"}))


@pytest.mark.parametrize(("query", "fits"), [
    ({"fast": "on"}, {"grenzweg-18"}), ({"plug": "IEC_62196_T2_COMBO"}, {"grenzweg-18"}),
    ({"free": "on"}, set()),
])  # fmt: skip
def test_filters_keep_what_fits(query, fits, town, client):
    page = client.get("/laden/", query)
    assert {one.location.uid for one in page.context["page"].paginator.object_list} == fits


def test_what_a_filter_hides_can_be_free_a_moment_later(town, client):
    evse = Location.objects.get(uid="demo-01").evses.first()
    live.tell(evse.pk, "AVAILABLE", clock.now())
    page = client.get("/laden/", {"free": "on"})
    assert [one.location.uid for one in page.context["page"].object_list] == ["demo-01"]
    assert 'data-refresh="' in page.content.decode()


def test_a_place_tells_each_point_and_when_it_is_usually_free(town, client, text):
    page = client.get("/laden/grenzweg-18/")
    said = text(page)
    for words in (
        "Punkt 1",
        "CCS, 150 kW",
        "Stadtwerke Herne AG",
        "Bundesnetzagentur.de",
        "Wann ist hier meist frei?",
        "0,52 € je kWh",
    ):
        assert words in said, words
    assert len(page.context["week"]) == 7
    assert client.get("/laden/nirgends/").status_code == 404
    Location.objects.filter(uid="grenzweg-18").update(public=False)
    assert client.get("/laden/grenzweg-18/").status_code == 404


def test_pages_need_the_same_queries_for_any_number_of_locations(
    town, client, django_assert_max_num_queries
):
    client.get("/laden/")
    with django_assert_max_num_queries(14):
        client.get("/laden/")


def test_english_readers_are_answered_in_english(town, client, text):
    said = text(client.get("/en/charging/grenzweg-18/"))
    assert "When is it usually free?" in said
    assert "per kWh" in said


def test_the_ranking_tells_its_definition_and_the_trap(town, client, text):
    page = client.get("/laden/ranking/")
    said = text(page)
    for words in (
        "8,9",
        "550",
        "62",
        "2.814",
        "7,9",
        "Pressebericht",
        "12,2",
        "Bochum",
        "Es wird nicht gesagt",
    ):
        assert words in said, words
    ratios = {(one.cars, one.points): one.value for one, _share in page.context["ratios"]}
    assert ratios[550, 62] == pytest.approx(8.87, abs=0.01)


def test_map_tile_and_open_data_say_the_same(town, db):
    live.tell(Location.objects.get(uid="demo-01").evses.first().pk, "AVAILABLE", clock.now())
    pins = {pin.url: pin for pin in layers.pins()}
    assert pins["/laden/demo-01/"].state == "good"
    assert pins["/laden/demo-02/"].state == "none"
    assert layers.free_tile().value == "1"
    rows = list(datasets.point_rows())
    assert sum(row["status"] == "AVAILABLE" for row in rows) == 1
    assert len(rows) == 83, "the utility's 81 and a car dealer's two"


def test_the_van_is_booked_with_the_code_of_the_quarter(town, client, quick):
    day = (clock.now() + timedelta(days=2)).date().isoformat()
    sent = {"stamp": formguard.stamp(), "day": day, "begins": "10:00", "hours": "2",
            "name": "Kim", "email": "kim@example.org", "code": "falsch"}  # fmt: skip
    url = "/laden/e-caddy/e-caddy/"
    assert client.post(url, sent).status_code == 422
    answer = client.post(url, {**sent, "code": "klima"})
    assert answer.status_code == 302
    assert Booking.objects.get(kind="charging.caddy").state == "booked"
    taken = client.post(url, {**sent, "code": "klima", "email": "b@example.org"})
    assert taken.status_code == 422
    assert "Kim" not in client.get(url).content.decode()
    assert "10:00" in client.get(url).content.decode()
    assert client.post(answer["Location"]).status_code == 302
    assert Booking.objects.get(kind="charging.caddy").state == "cancelled"
    assert not mail.outbox
    assert erasing.caddy_bookings(clock.now() + timedelta(days=9)) == 1
    assert Booking.objects.get(kind="charging.caddy").email == ""


@pytest.mark.parametrize("hours", ["0", "5", "x"])
def test_the_van_is_for_all_so_for_some_hours_only(hours, town, client, quick):
    sent = {"stamp": formguard.stamp(), "day": "2030-01-01", "begins": "10:00", "hours": hours,
            "name": "Kim", "email": "kim@example.org", "code": "KLIMA"}  # fmt: skip
    assert client.post("/laden/e-caddy/e-caddy/", sent).status_code == 422


def test_staff_say_what_the_van_does_and_the_public_page_shows_it(town, client, boss, text):
    url = "/staff/charging/vehicles/e-caddy/"
    sent = {"state": "out", "charge": "37", "operator": "Klimaviertel", "range_km": "200",
            "hours": "Mo-Sa 08:00-18:00", "most_hours": "3", "new_code": "sonne"}  # fmt: skip
    wrong = client.post(url, {**sent, "hours": "immer", "most_hours": "40", "charge": "101"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count('aria-invalid="true"') == 3
    assert client.post(url, sent).status_code == 302
    page = text(client.get("/laden/e-caddy/e-caddy/"))
    assert "37 %" in page
    assert "74 km" in page
    assert "außer Betrieb" in page
    assert "Mo–Sa von 08:00 bis 18:00 Uhr" in page
    kept = Caddy.objects.get()
    assert fleet.code_fits(kept, "SONNE")
    entry = Entry.objects.get(verb="charging.caddy")
    assert "sonne" not in str(entry.details).casefold()


def test_who_may_only_control_changes_the_van_s_state_and_no_more(town, client, db):
    role = Role.objects.create(slug="steers", title="S", permissions=["charging.control"])
    someone = Account.objects.create(username="x", is_staff=True)
    someone.roles.add(role)
    client.force_login(someone)
    url = "/staff/charging/vehicles/e-caddy/"
    assert client.post(url, {"state": "charging", "operator": "Fremde"}).status_code == 302
    kept = Caddy.objects.get()
    assert (kept.state, kept.operator) == ("charging", "Klimaviertel Herne-Sodingen")


def test_who_filters_for_fast_points_sees_what_these_cost(town, client, text):
    """Grenzweg has slow points too; 20 kWh are 13.60 at the fast one and 10.40 at the others."""
    assert "13,60" in text(client.get("/laden/", {"fast": "on"}))
    assert "13,60" not in text(client.get("/laden/", {"q": "Grenzweg"}))


@pytest.mark.parametrize("path", STAFF)
def test_staff_pages_are_behind_their_door(path, town, client, db):
    url = f"/staff/charging/{path}"
    assert client.get(url).status_code == 302
    someone = Account.objects.create(username="x", is_staff=True)
    client.force_login(someone)
    assert client.get(url).status_code == 403
    someone.is_superuser = True
    someone.save()
    assert client.get(url).status_code == 200


def test_a_row_of_the_register_waits_until_staff_decide(town, client, boss):
    said = [str(one.text) for one in checking.problems()]
    assert any("1" in one for one in said)
    row = RegisterRecord.objects.get(state="outside")
    url = reverse("charging-staff:row", args=[row.pk])
    assert "51" in client.get(url).content.decode()
    assert client.post(url, {"do": "new", "lon": "", "lat": ""}).status_code == 422
    assert client.post(url, {"do": "new", "lon": "7.111", "lat": "51.531"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.location.evses.count()) == ("matched", 2)
    standards = set(Connector.objects.filter(evse__location=row.location)
                    .values_list("standard", flat=True))  # fmt: skip
    assert standards == {"IEC_62196_T2", "IEC_62196_T2_COMBO", "CHADEMO"}


def test_a_system_that_is_off_is_gone(town, client, switched_off):
    switched_off("charging")
    assert client.get("/laden/").status_code == 404
    assert not any(layer.slug == "locations" and system.slug == "charging"
                   for system, layer in registry.layers())  # fmt: skip
