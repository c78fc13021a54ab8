"""Screens: they start clean, leave nothing, count nobody, and hand documents out by code only."""

import re

import pytest
from django.test import Client

from stadtkern.kernel import formguard, sealing
from stadtkern.kernel.cases.models import Document
from stadtkern.kernel.ui.screen import COOKIE
from stadtkern.systems.digital_forum.logic import screens
from stadtkern.systems.digital_forum.models import Pickup, ScreenCount

KIOSK = "/digitalforum/kiosk"


@pytest.fixture(autouse=True)
def _people_take_their_time(monkeypatch):
    monkeypatch.setattr(formguard, "took_its_time", lambda stamp: True)


@pytest.fixture
def room(screen):
    """The browser of the screen."""
    browser = Client()
    assert browser.get(f"{KIOSK}/{screen.token}/").status_code == 200
    return browser


@pytest.fixture
def notice(case):
    """A document that the city gave to the citizen."""
    return Document.objects.create(
        case=case, origin="city", kind="decision", name="Bescheid.pdf", mime="application/pdf",
        size=4, sha512="x", scan="clean", content_sealed=sealing.seal_bytes(b"%PDF"),
    )  # fmt: skip


def test_the_start_is_clean_whoever_was_there_before(room, screen, citizen, clock):
    room.force_login(citizen)
    assert "Konto" in room.get("/digitalforum/").content.decode()
    room.get(f"{KIOSK}/{screen.token}/")
    assert "_auth_user_id" not in room.session
    assert Client().get(f"{KIOSK}/guessed-token/").status_code == 404


def test_every_page_on_the_screen_warns_and_leads_back_without_scripts(room, client, forum):
    page = room.get("/digitalforum/").content.decode()
    assert "<city-idle" in page
    assert re.search(r'<noscript><meta http-equiv="refresh" content="120; url=/digitalforum/kiosk'
                     r'/idle/\?at=digital_forum:home"></noscript>', page)  # fmt: skip
    assert "<city-idle" not in client.get("/digitalforum/").content.decode()


def test_finishing_leaves_nothing_in_the_browser(room, screen, citizen, clock):
    room.post(f"{KIOSK}/begin/", {"topic": "look"})
    room.force_login(citizen)
    answer = room.post(f"{KIOSK}/end/", {"worked": "yes"})
    assert answer["Location"] == f"{KIOSK}/{screen.token}/"
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    for name in ("sessionid", COOKIE):
        assert answer.cookies[name]["max-age"] == 0
    assert "_auth_user_id" not in room.session


def test_a_screen_that_is_left_alone_is_cleared_also_without_scripts(room, citizen, clock):
    room.post(f"{KIOSK}/begin/", {"topic": "look"})
    room.force_login(citizen)
    session = room.session
    session["public_screen.topic"] = "look"
    session.save()
    answer = room.get(f"{KIOSK}/idle/", {"at": "service_portal:step"})
    assert answer.status_code == 302
    assert "_auth_user_id" not in room.session
    one = ScreenCount.objects.get(outcome="idle")
    assert (one.topic, one.page, one.times) == ("look", "service_portal:step", 1)


def test_only_a_screen_can_be_finished(client, screen):
    for path in ("end/", "idle/", "documents/"):
        assert client.get(f"{KIOSK}/{path}").status_code == 404
    forged = Client()
    forged.cookies[COOKIE] = "forged"
    assert forged.get(f"{KIOSK}/end/").status_code == 404


def test_counts_know_topics_and_outcomes_and_nobody(room, screen, clock):
    for worked in ("yes", "yes", "no", "nonsense"):
        room.get(f"{KIOSK}/{screen.token}/")
        room.post(f"{KIOSK}/begin/", {"topic": "look"})
        room.post(f"{KIOSK}/end/", {"worked": worked, "at": "x<script>"})
    rows = {(one.outcome, one.page): one.times for one in ScreenCount.objects.all()}
    assert rows == {("begun", ""): 4, ("yes", ""): 2, ("no", ""): 1, ("silent", ""): 1}
    names = {field.name for field in ScreenCount._meta.get_fields()}
    assert names == {"id", "day", "screen", "topic", "outcome", "page", "times"}


def test_a_document_leaves_by_a_code_once(room, case, citizen, notice, client, clock):
    room.force_login(citizen)
    page = room.post(f"{KIOSK}/documents/", {"document": notice.public_id}).content.decode()
    code = re.search(r"df-presence\">(\w{8})<", page)[1]
    phone = Client()
    entered = phone.post("/digitalforum/fetch/", {"code": f" {code.lower()} "})
    assert entered["Location"] == f"/digitalforum/fetch/{code}/"
    # A preview of the link looks without using it up.
    assert phone.get(f"/digitalforum/fetch/{code}/").status_code == 200
    file = phone.post(f"/digitalforum/fetch/{code}/")
    assert file.content == b"%PDF"
    assert "attachment" in file["Content-Disposition"]
    assert phone.post(f"/digitalforum/fetch/{code}/").status_code == 404
    assert code not in str(Pickup.objects.values_list("digest", flat=True))


def test_a_code_is_over_after_ten_minutes(case, notice, client, clock):
    code = screens.lay_out(notice)
    clock.shift(minutes=10)
    assert client.get(f"/digitalforum/fetch/{code}/").status_code == 404
    assert client.post("/digitalforum/fetch/", {"code": code}).status_code == 422
    clock.shift(hours=2)
    assert screens.tidy() == 1


def test_only_ones_own_clean_documents_are_laid_out(room, case, citizen, notice, clock):
    stranger = type(citizen).objects.create(username="eve")
    room.force_login(stranger)
    assert "Bescheid" not in room.get(f"{KIOSK}/documents/").content.decode()
    given = {"document": notice.public_id}
    assert room.post(f"{KIOSK}/documents/", given).status_code == 404
    room.force_login(citizen)
    assert "Bescheid" in room.get(f"{KIOSK}/documents/").content.decode()
    Document.objects.update(scan="refused")
    assert room.post(f"{KIOSK}/documents/", given).status_code == 404
    assert room.post(f"{KIOSK}/documents/", {"document": "no"}).status_code == 404


def test_a_screen_that_is_switched_off_is_none(room, screen):
    type(screen).objects.update(active=False)
    assert room.get(f"{KIOSK}/{screen.token}/").status_code == 404
    assert room.get(f"{KIOSK}/end/").status_code == 404
