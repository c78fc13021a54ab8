"""Pages of the boards: who may see and do what, the template editor, texts by hand, files."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.kernel.sealing import unseal
from stadtkern.systems.parking.logic.boards import round as rounds
from stadtkern.systems.parking.models import Board, Override

pytestmark = pytest.mark.django_db
BOARDS = "/staff/parking/boards/"


def entered(name, *slugs):
    client, account = Client(), Account.objects.create(username=name, is_staff=True)
    account.roles.set(Role.objects.filter(slug__in=slugs))
    client.force_login(account)
    return client


@pytest.fixture
def warden(db):
    roles.sync()
    return entered("warden", "parking.warden")


def lines(*rows, initial=0):
    data = {"lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": initial,
            "lines-MIN_NUM_FORMS": 0, "lines-MAX_NUM_FORMS": 8}  # fmt: skip
    for i, row in enumerate(rows):
        given = {"number": i + 1, "content": "site", "unknown": "fallback", **row}
        data |= {f"lines-{i}-{name}": value for name, value in given.items()}
    return data


def settings(**fields):
    return {
        "name": "Am Bahnhof", "uid": "am-bahnhof", "lon": "7.2", "lat": "51.5", "facing": "90",
        "on": "on", "protocol": "http", "address": "https://board.example/a", "key": "geheim",
        "width": "16", "fallback": "P+R", "low_word": "", "full_word": "besetzt",
        "closed_word": "zu", "least_word": "mind.", "oldest_minutes": "15", "step": "1",
        "day_light": "100", "night_light": "30", **fields,
    }  # fmt: skip


def test_only_those_who_look_after_boards_see_and_change_them(
    warden, car_park, facts, board, http_lamps
):
    made = board("http", http_lamps[1], facts)
    pages = [BOARDS, f"{BOARDS}{made.uid}/", f"{BOARDS}{made.uid}/edit/", f"{BOARDS}new/"]
    deeds = [f"{BOARDS}{made.uid}/text/", f"{BOARDS}{made.uid}/do/", f"{BOARDS}preview/"]
    stranger = entered("stranger", "reader")
    for page in pages:
        assert warden.get(page).status_code == 200, page
        assert stranger.get(page).status_code == 403, page
        assert Client().get(page).status_code == 302, page
    for deed in deeds:
        assert stranger.post(deed).status_code == 403, deed
        assert warden.get(deed).status_code == 405, deed


def test_the_list_shows_wanted_and_shown_side_by_side(
    warden, car_park, facts, board, http_lamps, django_assert_num_queries,
    django_assert_max_num_queries,
):  # fmt: skip
    lamps, address = http_lamps
    board("http", address, facts)
    car_park.count(3)
    rounds.run()
    lamps.switch("wrong")
    Board.objects.update(due=clock.now())
    rounds.run()
    text = warden.get(BOARDS).content.decode()
    assert "<title>Bahnhof 7 (geradeaus)</title>" in text
    assert "<title>WILLKOMMEN</title>" in text
    assert "zeigt etwas anderes" in text
    file = warden.get(f"{BOARDS}?as=csv").content.decode()
    assert "Tafel http;HTTP;zeigt etwas anderes;Bahnhof 7 (geradeaus);WILLKOMMEN" in file
    assert "passt nichts" in warden.get(f"{BOARDS}?state=waiting").content.decode()
    assert "Tafel http" in warden.get(f"{BOARDS}?state=trouble&q=tafel").content.decode()
    with django_assert_max_num_queries(100) as for_one:
        warden.get(BOARDS)
    board("modbus", "127.0.0.1:9/1", facts)
    with django_assert_num_queries(len(for_one.captured_queries)):
        assert "Tafel modbus" in warden.get(BOARDS).content.decode()


def test_a_board_is_made_with_its_template_and_its_key_is_sealed(warden, car_park, facts):
    said = {**settings(), **lines({"sites": facts.pk, "label": "Bahnhof", "arrow": "auto"})}
    shown = warden.post(f"{BOARDS}new/", {**said, "preview": "1"})
    assert shown.status_code == 200
    assert not Board.objects.exists()
    assert "<title>Bahnhof P+R" in shown.content.decode()
    car_park.count(4)
    live = warden.post(f"{BOARDS}preview/", said).content.decode()
    assert "<title>Bahnhof 6 (" in live
    assert "<html" not in live
    made = warden.post(f"{BOARDS}new/", said)
    assert made.url == f"{BOARDS}am-bahnhof/"
    row = Board.objects.get()
    assert unseal(row.secret) == "geheim"
    assert row.place.name == "Am Bahnhof"
    assert row.lines.get().sites.get() == facts
    entry = Entry.objects.get(verb="parking.board_create")
    assert "geheim" not in str(entry.details)
    # Without a key the one that is there stays; a second line is added.
    line = {"id": row.lines.get().pk, "board": row.pk, "sites": facts.pk, "label": "Hbf"}
    more = lines(line, {"content": "text", "label": "Stadt Herne"}, initial=1)
    assert warden.post(f"{BOARDS}am-bahnhof/edit/", {**settings(key=""), **more}).status_code == 302
    row.refresh_from_db()
    assert unseal(row.secret) == "geheim"
    assert [one.label for one in row.lines.all()] == ["Hbf", "Stadt Herne"]
    page = warden.get(f"{BOARDS}am-bahnhof/").content.decode()
    assert "geheim" not in page


@pytest.mark.parametrize(
    ("fields", "rows", "words"),
    [
        ({"address": "board"}, {}, "https:// oder http://"),
        ({"protocol": "modbus", "address": "a:b"}, {}, "10.1.2.3:502/1"),
        ({"protocol": "lorawan", "address": "12"}, {}, "16 Ziffern"),
        ({"width": "6"}, {}, "passt nicht in eine Zeile"),
        ({"uid": "new"}, {}, "anderen Kurznamen"),
        ({}, {"content": "site", "label": "X"}, "einen Parkplatz"),
        ({}, {"content": "text"}, "was dort stehen soll"),
        ({}, {"number": "9", "content": "text", "label": "X"}, "1 bis 8"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(warden, fields, rows, words):
    answer = warden.post(f"{BOARDS}new/", {**settings(**fields), **lines(rows)})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert "<title>Fehler:" in text
    assert 'role="alert"' in text
    assert not Board.objects.exists()


def test_staff_set_a_text_and_take_it_away(warden, car_park, facts, board, http_lamps):
    lamps, address = http_lamps
    made = board("http", address, facts)
    car_park.count(3)
    text, until = f"{BOARDS}{made.uid}/text/", timezone.localtime() + timedelta(hours=2)
    refused = warden.post(text, {"line_1": "", "why": "", "until": "2020-01-01T10:00"})
    assert refused.status_code == 422
    page = refused.content.decode()
    for words in ("mindestens eine Zeile", "Zeitpunkt ist vorbei", 'href="#id_why"'):
        assert words in page
    good = {"line_1": "Stadtfest", "why": "Umleitung", "until": f"{until:%Y-%m-%dT%H:%M}"}
    assert warden.post(text, good).status_code == 302
    rounds.work([made.pk])
    assert lamps.lit[0].text == "Stadtfest"
    page = warden.get(f"{BOARDS}{made.uid}/").content.decode()
    assert "Umleitung" in page
    assert "Text wegnehmen" in page
    assert Entry.objects.filter(verb="parking.board_override").exists()
    assert warden.post(text, {"undo": "1"}).status_code == 302
    rounds.work([made.pk])
    assert lamps.lit[0].text == "Bahnhof        7"
    assert Override.objects.get().ended is not None


def test_a_test_pattern_and_a_second_sending_are_asked_for(
    warden, car_park, facts, board, http_lamps
):
    lamps, address = http_lamps
    made = board("http", address, facts)
    car_park.count(3)
    act = f"{BOARDS}{made.uid}/do/"
    warden.post(act, {"do": "test"})
    rounds.bring(made.pk)
    assert lamps.lit[0].text == "8" * 16
    warden.post(act, {"do": "end_test"})
    rounds.bring(made.pk)
    assert lamps.lit[0].text == "Bahnhof        7"
    orders = lamps.orders
    rounds.repeat(made.pk)
    assert lamps.orders == orders + 1
    verbs = Entry.objects.filter(verb__startswith="parking.board_test").values_list("details")
    assert [one["on"] for (one,) in verbs.order_by("pk")] == [True, False]


def test_everybody_sees_what_boards_show_and_nothing_of_how_they_are_reached(
    car_park, facts, board, http_lamps, client
):
    _lamps, address = http_lamps
    board("http", address, facts)
    car_park.count(3)
    rounds.run()
    text = client.get("/parken/boards/").content.decode()
    assert "<title>Bahnhof 7 (geradeaus)</title>" in text
    assert address not in text
    assert "Bahnhof" in client.get(reverse("map-layer", args=["parking.boards"])).content.decode()
    with registry.switched_off("parking"):
        assert client.get("/parken/boards/").status_code == 404


def test_at_another_address_nothing_is_known_of_the_board(warden, car_park, facts, board):
    made = board("http", "http://127.0.0.1:9/a", facts)
    Board.objects.update(told={"lines": []}, told_at=clock.now(), shown={"lines": []},
                         shown_at=clock.now(), state="failed", failures=4,
                         failing_since=clock.now(), problem="x", faults=["lamp"])  # fmt: skip
    line = {"id": made.lines.get().pk, "board": made.pk, "sites": facts.pk, "label": "Hbf"}
    said = {**settings(key="", uid=made.uid), **lines(line, initial=1)}
    assert warden.post(f"{BOARDS}{made.uid}/edit/", said).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.failures, made.faults) == ("new", 0, [])
    assert (made.told, made.shown, made.shown_at) == ({}, {}, None)
