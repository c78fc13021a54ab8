"""What officers see: the right word for a plate, quickly, and a log that nobody can change."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import DateRange

from stadtkern.kernel import clock as clocks
from stadtkern.kernel.cases.models import Permit as CasePermit
from stadtkern.kernel.people.models import Account, issue_key
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import operators, permits, rights, validity
from stadtkern.systems.parking_tickets.logic.checking import Asked, check
from stadtkern.systems.parking_tickets.logic.operators import Report
from stadtkern.systems.parking_tickets.logic.permits import New, Span
from stadtkern.systems.parking_tickets.models import (
    Check,
    Operator,
    PermitArea,
    PermitSeries,
)

URL = "/api/parking_tickets/enforcement/v1"
INSIDE, OUTSIDE = (7.215, 51.535), (7.3, 51.6)


class Handheld:
    """A program of officers."""

    def __init__(self, client, *more):
        scopes = ("parking_tickets:enforcement", *more)
        _row, self.key = issue_key(label="Handheld", scopes=scopes)
        self.client = client

    def check(self, plate="HERAB123", where=INSIDE, **more):
        lon, lat = where
        return self.client.post(
            f"{URL}/check_parking/",
            json.dumps({"registration_number": plate,
                        "location": {"latitude": lat, "longitude": lon}, **more}),
            content_type="application/json", HTTP_AUTHORIZATION=f"ApiKey {self.key}",
        )  # fmt: skip

    def get(self, path):
        return self.client.get(f"{URL}/{path}", HTTP_AUTHORIZATION=f"ApiKey {self.key}")


@pytest.fixture
def handheld(client, town):
    return Handheld(client)


@pytest.fixture
def officer(db, client):
    account = Account.objects.create(username="streife", is_staff=True, is_superuser=True)
    client.force_login(account)
    return account


def result(plate="HERAB123", **more):
    return check(Asked(plate=plate, at=clocks.now(), **more)).result


def given(area, plate="HERAB123", *, kind="crafts", begins=-1, ends=1, number=False, operator=None,
          plate_ends=None):  # fmt: skip
    """A permit from so many hours before to so many after now."""
    now = clocks.now()
    spans = [now + timedelta(hours=begins), now + timedelta(hours=ends)]
    own = [spans[0], now + timedelta(hours=ends if plate_ends is None else plate_ends)]
    series = PermitSeries.objects.create(active=True, operator=operator)
    return permits.save(New(
        series=series, kind=kind,
        subjects=[Span(what=plate, begins=own[0], ends=own[1], number=number)],
        areas=[Span(what=str(area.pk), begins=spans[0], ends=spans[1])],
    ))  # fmt: skip


def test_the_answer_has_the_shape_that_programs_for_parkkihubi_read(handheld, town):
    town.sold(60)
    told = handheld.check("her ab-123").json()
    assert told == {
        "allowed": True, "end_time": "2026-11-23T10:30:00Z", "result": "valid",
        "location": {"payment_zone": 4711, "permit_area": None}, "time": "2026-11-23T09:30:00Z",
    }  # fmt: skip
    assert handheld.check("HER-X 1").json()["allowed"] is False
    assert handheld.check("HER-X 1").json()["end_time"] is None
    away = handheld.check("HER AB 123", OUTSIDE).json()["location"]
    assert away == {"payment_zone": None, "permit_area": None}


def test_just_ended_is_said_for_fifteen_minutes_and_grace_is_let_go_by(handheld, town, later,
                                                                      monkeypatch):  # fmt: skip
    town.sold(60)
    later(minutes=60, seconds=30)
    told = handheld.check().json()
    assert (told["allowed"], told["result"]) == (False, "ended")
    assert told["end_time"] == "2026-11-23T10:30:00Z"
    from stadtkern.systems.parking_tickets.logic import checking
    from stadtkern.systems.parking_tickets.settings import ParkingTicketsSettings

    monkeypatch.setattr(checking, "settings", lambda: ParkingTicketsSettings(grace_minutes=5))
    assert handheld.check().json()["result"] == "grace"
    later(minutes=15)
    assert handheld.check().json()["result"] == "none"


def test_a_ticket_for_a_dearer_zone_does_not_count_in_another(town):
    """The number of a zone says nothing of its price here."""
    other = town.add("1")
    town.sold(60)
    assert result(zone=town.zone) == "valid"
    assert result(zone=other) == "elsewhere"
    assert result() == "valid"


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_what_is_not_paid_or_was_taken_back_is_no_right(town, state):
    town.sold(60)
    from stadtkern.systems.parking_tickets.models import Session

    Session.objects.update(state=state)
    assert result(zone=town.zone) == "none"


def test_a_permit_holds_where_and_while_plate_area_and_series_all_do(town):
    area = PermitArea.objects.create(code="H1", name="Handwerk", zone=town.zone)
    permit = given(area, ends=5, plate_ends=2)
    found = check(Asked(plate="HERAB123", at=clocks.now(), zone=town.zone))
    assert found.result == "permit"
    assert found.until == clocks.now() + timedelta(hours=2)
    assert result("HERAB124", zone=town.zone) == "none"
    assert result(zone=town.add("2")) == "elsewhere"
    PermitSeries.objects.filter(pk=permit.series_id).update(active=False)
    assert result(zone=town.zone) == "none"


def test_a_series_takes_the_place_of_another_at_one_instant(town):
    area = PermitArea.objects.create(code="H1", name="Handwerk", zone=town.zone)
    old = given(area).series
    new = PermitSeries.objects.create()
    new_permit = permits.save(New(
        series=new, subjects=[Span(what="HERNEU1", begins=clocks.now(),
                                   ends=clocks.now() + timedelta(days=1))],
        areas=[Span(what=str(area.pk), begins=clocks.now(),
                    ends=clocks.now() + timedelta(days=1))],
    ))  # fmt: skip
    assert result("HERNEU1", zone=town.zone) == "none"
    assert permits.activate(new_permit.series, PermitSeries.objects.filter(pk=old.pk))
    assert result("HERNEU1", zone=town.zone) == "permit"
    assert result("HERAB123", zone=town.zone) == "none"
    assert not permits.activate(new, PermitSeries.objects.filter(pk=old.pk))


def test_a_blue_badge_is_found_by_its_number_and_not_by_a_plate_spelt_alike(town):
    area = PermitArea.objects.create(code="B", name="Stadt", zone=town.zone)
    given(area, "NRW12345", kind="disabled", number=True)
    assert result("NRW12345", zone=town.zone, number=True) == "permit"
    assert result("NRW12345", zone=town.zone) == "none"


def test_resident_permits_of_the_citizen_office_hold_in_their_zone(town):
    CasePermit.objects.create(
        number="BP-1", kind="resident-parking", subject="HERAB123", data={"zone": "4711"},
        days=DateRange(clocks.now().date(), None),
    )  # fmt: skip
    assert result(zone=town.zone) == "permit"
    assert result(zone=town.add("2")) == "elsewhere"


def test_a_disc_holds_in_the_zone_where_it_was_set(town):
    operators.begin(town.operator, Report(plate="HERD1", begins=clocks.now(), disc=True,
                                          until=clocks.now() + timedelta(hours=1),
                                          position=INSIDE), key="")  # fmt: skip
    assert result("HERD1", zone=town.zone) == "disc"
    assert result("HERD1", zone=town.add("2")) == "elsewhere"


def test_every_look_is_logged_without_the_plate_and_once(town, officer):
    town.sold(60)
    asked = Asked(plate="HERAB123", at=clocks.now(), lon=7.2151234, lat=51.5351234,
                  officer=officer)  # fmt: skip
    check(asked)
    check(asked)
    row = Check.objects.get()
    assert (row.result, row.zone, row.officer) == ("valid", town.zone, officer)
    assert (row.lon, row.lat) == (7.215, 51.535)
    assert plates.shown(row.plate_sealed) == "HERAB123"
    assert "HERAB123" not in json.dumps(row.matched)


@pytest.mark.parametrize(
    "deed", ["UPDATE parking_tickets_check SET result = 'valid'",
             "UPDATE parking_tickets_check SET plate_key = 7", "DELETE FROM parking_tickets_check"]
)  # fmt: skip
def test_nobody_changes_the_log(town, deed):
    check(Asked(plate="HERAB123", at=clocks.now()))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed)
    assert Check.objects.count() == 1


def test_one_look_is_one_statement_over_indexes_and_the_kernels_permits(town):
    town.sold(60)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        validity.holds(plates.keys_of("HERAB123"), clocks.now(), plate="HERAB123")
    assert len(asked) == 2
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {validity.FOUND}", {
            "keys": [1], "at": clocks.now(), "since": clocks.now(), "most": 9})  # fmt: skip
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for table in ("session", "permitsubject", "parking"):
        assert f"Seq Scan on parking_tickets_{table} " not in plan, plan


def test_valid_rights_and_permits_are_listed_for_a_plate_only(handheld, town):
    town.sold(60)
    area = PermitArea.objects.create(code="H1", name="Handwerk", zone=town.zone)
    given(area, operator=town.operator)
    (right,) = handheld.get("valid_parking/?reg_num=HER-AB123").json()["results"]
    assert (right["zone"], right["operator_name"]) == ("4711", "App A")
    (item,) = handheld.get("valid_permit_item/?reg_num=HER-AB123").json()["results"]
    assert (item["area"], item["registration_number"]) == ("H1", "HERAB123")
    assert handheld.get(f"operator/{item['operator']}/").json()["name"] == "App A"
    refused = handheld.get("valid_parking/")
    assert (refused.status_code, list(refused.json())) == (400, ["reg_num"])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"registration_number": "?"}, "registration_number"),
        ({"location": {"latitude": 91, "longitude": 7}}, "location"),
        ({"location": [7, 51]}, "location"),
        ({"time": "2026-11-01T10:00:00Z"}, "time"),
        ({"time": "now"}, "time"),
    ],
)
def test_bad_questions_are_named_with_their_field(handheld, said, field):
    answer = handheld.check(**{"plate": "HERAB1"} | {"location": {"latitude": 1, "longitude": 1}}
                            | said)  # fmt: skip
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Check.objects.exists()


def test_keys_of_sellers_do_not_open_the_officers_door(client, town):
    key, secret = issue_key(label="App", scopes=("parking_tickets:operator",))
    town.operator.keys.add(key)
    answer = client.get(f"{URL}/valid_parking/?reg_num=HERAB1",
                        HTTP_AUTHORIZATION=f"ApiKey {secret}")  # fmt: skip
    assert answer.status_code == 403


def test_the_officers_page_says_it_in_words_and_works_as_a_plain_form(client, town, officer):
    rights.start(town.wanted(25), key="a", actor="operator:app-a")
    url = "/staff/parking_tickets/check/"
    page = client.post(url, {"plate": "her-ab 123", "zone": "4711"}).content.decode()
    assert "Gültig" in page
    assert "noch 25 Minuten" in page
    assert "vor 0 Sekunden" in page
    slip = client.post(url, {"plate": "HER-AB I23", "zone": "4711"}).content.decode()
    assert "Nichts gefunden" in slip
    assert 'value="HERAB123"' in slip
    assert client.session["parking_tickets_zone"] == "4711"
    assert 'value="4711" selected' in client.get(url).content.decode()
    wrong = client.post(url, {"plate": "?"})
    assert wrong.status_code == 422
    assert "<title>Fehler:" in wrong.content.decode()
    assert Check.objects.filter(officer=officer).count() == 2


def test_a_check_that_was_kept_offline_is_judged_by_its_own_instant(client, town, officer, later):
    rights.start(town.wanted(25), key="a", actor="operator:app-a")
    then = clocks.now()
    later(minutes=90)
    sent = {"plate": "HERAB123", "zone": "4711", "at": then.isoformat(),
            "id": "1c9fe8a0-58c3-4f0c-a5ff-63a3a1d9b1aa"}  # fmt: skip
    for _again in range(2):
        part = client.post("/staff/parking_tickets/check/", sent, headers={"X-Check": "1"})
        assert 'data-result="valid"' in part.content.decode()
        assert "<html" not in part.content.decode()
    row = Check.objects.get()
    assert (row.at, row.offline, row.told) == (then, True, clocks.now())
    later(hours=30)
    client.force_login(officer)
    late = client.post("/staff/parking_tickets/check/", sent, headers={"X-Check": "1"})
    assert late.status_code == 422


def test_the_page_is_for_officers_alone(client, db):
    account = Account.objects.create(username="x", is_staff=True)
    client.force_login(account)
    for path in ("check", "checks", "fines", "permits", "operators"):
        assert client.get(f"/staff/parking_tickets/{path}/").status_code == 403


def test_providers_get_keys_lose_them_and_see_why_they_were_refused(client, town, officer):
    url = "/staff/parking_tickets/operators/"
    page = client.post(url, {"name": "App Z", "slug": "app-z", "contact": ""}).content.decode()
    secret = page.split('check-key">')[1].split("<")[0]
    asked = {"HTTP_AUTHORIZATION": f"ApiKey {secret}"}
    zones = "/api/parking_tickets/operator/v1/payment_zone/"
    assert client.get(zones, **asked).status_code == 200
    client.post("/api/parking_tickets/operator/v1/parking/", "{}",
                content_type="application/json", **asked)  # fmt: skip
    assert secret not in client.get(url).content.decode()
    refused = client.get(f"{url}app-z/refused/").content.decode()
    assert "<code>time_start</code>" in refused
    row = Operator.objects.get(slug="app-z")
    client.post(f"{url}app-z/do/", {"do": "revoke", "key": row.keys.get().pk})
    assert client.get(zones, **asked).status_code == 401


def test_staff_give_find_and_end_permits(client, town, officer):
    area = PermitArea.objects.create(code="H1", name="Handwerk", zone=town.zone)
    url = "/staff/parking_tickets/permits/"
    said = {"kind": "crafts", "plates": "HER-H 1\nHER-H 2", "areas": [area.pk],
            "first": "2026-11-23", "last": "2026-12-31"}  # fmt: skip
    assert client.post(url, {**said, "plates": ""}).status_code == 422
    assert client.post(url, said).status_code == 302
    assert result("HERH2", zone=town.zone) == "permit"
    found = client.post(url, {"find": "her h-2"}).content.decode()
    assert "HERH1, HERH2" in found
    from stadtkern.systems.parking_tickets.models import Permit

    client.post(f"{url}{Permit.objects.get().pk}/end/")
    assert result("HERH2", zone=town.zone) == "ended"
