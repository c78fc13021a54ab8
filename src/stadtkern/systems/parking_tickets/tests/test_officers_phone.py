"""What waits on an officer's phone, what a photo may be, and how a check becomes a fine."""

import json
import struct
import zlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from joserfc import jwe
from joserfc.jwk import ECKey

from stadtkern.kernel import clock as clocks
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.parking_tickets.logic import envelopes, rights
from stadtkern.systems.parking_tickets.logic.checking import Asked, check
from stadtkern.systems.parking_tickets.logic.replay import picture
from stadtkern.systems.parking_tickets.logic.scanning import reader
from stadtkern.systems.parking_tickets.logic.scanning.guessing import Line, plates_in
from stadtkern.systems.parking_tickets.models import Check, Fine, PermitArea
from stadtkern.systems.parking_tickets.tests.test_enforcement import Handheld, given

URL = "/staff/parking_tickets/check/"


@pytest.fixture
def officer(db, client):
    account = Account.objects.create(username="streife", is_staff=True, is_superuser=True)
    client.force_login(account)
    return account


def role():
    return Role.objects.get_or_create(
        slug="streife", defaults={"title": "Streife", "permissions": ["parking_tickets.check"]}
    )[0]


@pytest.fixture
def patient(monkeypatch):
    """The reader is there, and a busy machine has its time."""
    pytest.importorskip("rapidocr")
    monkeypatch.setattr(reader, "PATIENCE", 300)


def closed(who, key=None, **said):
    """As a phone does it: with what the page gave it."""
    city = ECKey.import_key(json.loads(key or envelopes.public_key()))
    inside = json.dumps({"plate": "HERAB123", "zone": "4711", "at": clocks.now().isoformat(),
                         "id": "1c9fe8a0-58c3-4f0c-a5ff-63a3a1d9b1aa",
                         "who": str(who.public_id), **said})  # fmt: skip
    return jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A256GCM"}, inside, city,
                               algorithms=envelopes.ALGORITHMS)  # fmt: skip


def sent(client, envelope):
    return client.post(URL, {"sealed": envelope}, headers={"X-Check": "1"})


def test_what_waited_on_the_phone_is_judged_as_of_its_instant_and_once(
    client, town, officer, later
):
    town.sold(25)
    envelope = closed(officer)
    assert "HERAB123" not in envelope
    later(minutes=90)
    for _again in range(2):
        assert 'data-result="valid"' in sent(client, envelope).content.decode()
    assert Check.objects.filter(offline=True, officer=officer).count() == 1


def test_an_envelope_of_somebody_else_or_a_broken_one_is_no_check(client, town, officer):
    other = Account.objects.create(username="andere", is_staff=True)
    good = closed(officer)
    foreign = json.dumps(ECKey.generate_key("P-256").as_dict(private=False))
    for envelope in (
        closed(other),
        closed(officer, foreign),
        good[:-4] + "AAAA",
        "a.b.c",
        "x" * 9000,
    ):
        answer = sent(client, envelope)
        assert answer.status_code == 422
        assert 'id="errors"' in answer.content.decode()
    assert not Check.objects.exists()


def test_what_was_closed_before_the_secret_changed_is_still_read(client, town, officer, settings):
    envelope = closed(officer)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    client.force_login(officer)
    assert sent(client, envelope).status_code == 200


def test_a_known_id_hides_no_other_look(town, officer):
    """Whoever repeats an id with another plate, later or as another person is in the log again."""
    one = Asked(plate="HERAB123", at=clocks.now(), officer=officer)
    again = {"at": clocks.now(), "officer": officer, "public_id": one.public_id}
    check(one)
    check(Asked(plate="HERAB124", **again))
    check(Asked(plate="HERAB123", **again | {"at": clocks.now() - timedelta(hours=1)}))
    check(Asked(plate="HERAB123", **again | {"officer": None}))
    assert Check.objects.count() == 4


def test_lists_for_a_plate_are_looks_that_stand_in_the_log(client, town):
    town.sold(60)
    handheld = Handheld(client)
    handheld.get("valid_parking/?reg_num=HER-AB123")
    handheld.get("valid_permit_item/?reg_num=HER-AB123&time=2020-01-01T00:00:00Z")
    assert [one.at for one in Check.objects.all()] == [clocks.now()] * 2
    assert Check.objects.filter(program__isnull=False).count() == 2


def test_a_key_to_check_plates_neither_lists_nor_ends_permits(client, town):
    given(PermitArea.objects.create(code="H1", name="H", zone=town.zone))
    answer = Handheld(client).get("permit/")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_the_area_that_counts_is_found_among_many_of_a_permit(town):
    """A care service's permit for more areas than a page shows."""
    from stadtkern.systems.parking_tickets.logic import permits
    from stadtkern.systems.parking_tickets.logic.permits import New, Span
    from stadtkern.systems.parking_tickets.models import PermitSeries

    areas = [PermitArea.objects.create(code=f"P{at}", name="P") for at in range(80)]
    areas[-1].zone = town.zone
    areas[-1].save()
    spans = clocks.now() - timedelta(hours=1), clocks.now() + timedelta(hours=1)
    permits.save(New(
        series=PermitSeries.objects.create(active=True),
        subjects=[Span(what="HERAB123", begins=spans[0], ends=spans[1])],
        areas=[Span(what=str(one.pk), begins=spans[0], ends=spans[1]) for one in areas],
    ))  # fmt: skip
    told = check(Asked(plate="HERAB123", at=clocks.now(), zone=town.zone))
    assert (told.result, told.found[0].area) == ("permit", "P79")


def test_a_permit_that_was_given_after_the_look_says_so(town, later):
    looked = clocks.now()
    later(minutes=5)
    given(PermitArea.objects.create(code="H1", name="H", zone=town.zone))
    (permit,) = picture("HERAB123", looked).permits
    assert (permit["since"], permit["holds"]) == ("given", True)


def test_an_officer_records_a_fine_of_a_check_once(client, town, later):
    account = Account.objects.create(username="ordnung", is_staff=True)
    account.roles.add(role())
    client.force_login(account)
    rights.start(town.wanted(25), key="a", actor="operator:app-a")
    later(minutes=30)
    page = client.post(URL, {"plate": "HERAB123", "zone": "4711"}).content.decode()
    row = Check.objects.get()
    url = f"{URL}{row.public_id}/fine/"
    assert url in page
    assert "HERAB123" not in url
    assert 'value="ended" selected' in client.get(url).content.decode()
    for _again in range(2):
        kept = client.post(url, {"reason": "ended", "where": "Bahnhofstraße"})
        assert kept.status_code == 302
    fine = Fine.objects.get()
    assert (fine.check_made, fine.at, fine.by) == (row, row.at, account)
    assert [one["ref"] for one in fine.evidence["then"]]
    assert fine.number in client.get(url).content.decode()
    client.force_login(Account.objects.create(username="x", is_staff=True))
    assert client.get(url).status_code == 403


def test_a_fine_is_made_of_own_checks_that_found_the_car_in_the_wrong(client, town, officer):
    town.sold(60)
    allowed = check(Asked(plate="HERAB123", at=clocks.now(), zone=town.zone, officer=officer))
    assert client.get(f"{URL}{allowed.check}/fine/").status_code == 404
    other = Account.objects.create(username="o", is_staff=True)
    other.roles.add(role())
    wrong = check(Asked(plate="HERX1", at=clocks.now(), zone=town.zone, officer=officer))
    client.force_login(other)
    assert client.get(f"{URL}{wrong.check}/fine/").status_code == 404


def test_the_kept_page_has_nothing_of_the_session_and_its_worker_rules_it_alone(
    client, town, officer
):
    page = client.get(f"{URL}shell/").content.decode()
    assert "csrfmiddlewaretoken" not in page
    assert "streife" not in page
    worker = client.get(f"{URL}worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in worker
    assert f"{URL}shell/" in worker.content.decode()
    client.logout()
    assert client.get(f"{URL}worker.js").status_code == 302


def lines(*texts, height=50.0):
    """Words side by side, ten pixels apart."""
    found, left = [], 0.0
    for text in texts:
        right = left + 30 * len(text)
        found.append(Line(text=text, score=0.95, left=left, right=right, top=0, bottom=height))
        left = right + 10
    return found


@pytest.mark.parametrize(
    ("read", "plate"),
    [
        (("HER AB 123",), "HERAB123"),
        (("HER", "AB123"), "HERAB123"),
        (("D", "HER", "NE 1E"), "HERNE1E"),
        (("HER·AB I23",), "HERAB123"),
        (("0B", "XY 77"), "OBXY77"),
        (("HER8AB 123",), "HERAB123"),
        (("ÖHR M 9",), "ÖHRM9"),
    ],
)
def test_what_was_read_becomes_the_plate_that_it_may_be(read, plate):
    assert plate in plates_in(lines(*read))


def test_large_letters_come_first_and_words_are_no_plates():
    advert = Line(text="AUTOHAUS", score=0.99, left=0, right=200, top=200, bottom=220)
    small = Line(text="B XY 12", score=0.99, left=0, right=80, top=300, bottom=312)
    assert plates_in([advert, small, *lines("HER AB 123")])[0] == "HERAB123"
    assert plates_in([advert]) == []


def bomb():
    """A PNG of a few bytes that says it has 30,000 x 30,000 pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(1000))
    parts = (b"".join((struct.pack(">I", len(p) - 4), p, struct.pack(">I", zlib.crc32(p))))
             for p in (head, data, b"IEND"))  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def photographed(client, content, **headers):
    upload = SimpleUploadedFile("plate.jpg", content, content_type="image/jpeg")
    return client.post(f"{URL}photo/", {"photo": upload, "zone": "4711"}, headers=headers)


def test_a_drawn_plate_is_read_and_only_suggested(client, town, officer, patient):
    from stadtkern.systems.parking_tickets.tests.drawn_plates import photo

    turned = photo("HER", "AB 123", turned=-6, skew=0.25, blur=1.5, share=0.35, noise=10)
    answer = photographed(client, turned, **{"X-Check": "1"})
    assert answer.status_code == 200
    first = answer.content.decode().split('name="plate" value="')[1].split('"')[0]
    assert first == "HERAB123"
    assert not Check.objects.exists()


@pytest.mark.parametrize("content", [bomb(), b"GIF89a no picture at all"])
def test_hostile_photos_harm_nobody(client, town, officer, content, patient):
    answer = photographed(client, content)
    assert answer.status_code == 422
    assert "lässt sich nicht lesen" in answer.content.decode()


def test_photos_that_are_too_large_or_without_a_token_are_refused(client, town, officer):
    from django.test import Client

    big = photographed(client, bytes(reader.MOST_BYTES + 1), **{"X-Check": "1"})
    assert big.status_code == 422
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    assert photographed(strict, b"x").status_code == 403
    # Loaded again without a photo, it is the page for checks.
    assert client.get(f"{URL}photo/").url == URL


def test_where_photos_cannot_be_read_none_is_asked_for(client, town, officer, monkeypatch):
    monkeypatch.setattr(reader, "find_spec", lambda _name: None)
    page = client.get(URL).content.decode()
    assert 'type="file"' not in page
    assert photographed(client, b"x").status_code == 422
