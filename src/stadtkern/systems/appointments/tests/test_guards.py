"""What keeps robots out: the proof of work, the code by e-mail, the count of a connection."""

import hashlib

import pytest

from stadtkern.kernel import formguard
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.post.models import Letter
from stadtkern.systems.appointments.logic import finding, limits, proof
from stadtkern.systems.appointments.models import Check, Service
from stadtkern.systems.appointments.tests import journey

pytestmark = pytest.mark.django_db
EIGHT = "mitte@2026-11-09T08:00+01:00"


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    monkeypatch.setattr(formguard, "took_its_time", lambda stamp: bool(stamp))


def solved(challenge):
    """As a browser does it."""
    random, end, wanted, _signature = challenge.split(".")
    hashes = (hashlib.sha256(f"{random}.{end}{n}".encode()).hexdigest() for n in range(60_000))
    number = next(n for n, one in enumerate(hashes) if one == wanted)
    return f"{challenge}:{number}"


def test_a_proof_counts_once_and_in_time(now):
    answer = solved(proof.challenge())
    assert proof.is_proven(answer)
    assert not proof.is_proven(answer)
    late = solved(proof.challenge())
    now.later(minutes=31)
    assert not proof.is_proven(late)


@pytest.mark.parametrize("answer", ["", "x", "a.b.c.d:1", "a.1.c.d:1", ":" * 9, "a.b.c.d:١"])
def test_what_is_no_proof_is_none(answer, now):
    assert not proof.is_proven(answer)


def test_a_proof_for_an_easier_task_is_refused(now):
    challenge = proof.challenge()
    random, end, _wanted, signature = challenge.split(".")
    easy = hashlib.sha256(f"{random}.{end}7".encode()).hexdigest()
    assert not proof.is_proven(f"{random}.{end}.{easy}.{signature}:7")


def test_without_script_a_code_by_mail_is_asked_for(client, make_office, make_service):
    make_service("ausweis", make_office(prove=True))
    where = journey.book(client, EIGHT).url
    assert "/termine/code/" in where
    assert Booking.objects.get().state == "held"
    code = Check.objects.get().code
    assert code in Letter.objects.get().text
    wrong = client.post(where, {"code": "000000" if code != "000000" else "111111"})
    assert wrong.status_code == 422
    assert "/termine/mein/" in client.post(where, {"code": code}).url
    assert Booking.objects.get().state == "booked"


def test_a_code_cannot_be_guessed_by_trying(client, make_office, make_service):
    make_service("ausweis", make_office(check_mail=True))
    where = journey.book(client, EIGHT).url
    code = Check.objects.get().code
    for number in range(5):
        client.post(where, {"code": f"{(int(code) + 1 + number) % 1_000_000:06d}"})
    assert client.post(where, {"code": code}).status_code == 422
    assert Booking.objects.get().state == "held"


def test_with_a_proof_no_code_is_needed(client, make_office, make_service):
    make_service("ausweis", make_office(prove=True))
    told = {"slot": EIGHT, "form": "f", "proof": solved(proof.challenge())}
    where = client.post("/termine/zeiten/?s=ausweis", told).url
    summary = journey.fill_in(client, where).url
    assert "/termine/mein/" in client.post(summary).url


def test_one_connection_cannot_reserve_everything(client, make_office, make_service):
    make_service("ausweis", make_office(prove=True, counters=9))
    answers = [
        client.post("/termine/zeiten/?s=ausweis", {"slot": EIGHT, "form": f"f{number}"})
        for number in range(limits.MOST_UNPROVEN + 1)
    ]
    assert {one.status_code for one in answers[:-2]} == {302}
    assert answers[-1].status_code == 409


@pytest.mark.parametrize(
    ("words", "first"),
    [("perso", "a"), ("Personalausweis", "a"), ("umgezogen", "b"), ("ausweiss", "a"),
     ("führerschein", "c"), ("fuehrerschein", "c"), ("Lappen", "c"), ("heiraten", None)],
)  # fmt: skip
def test_everyday_words_find_the_concern(words, first):
    known = [
        Service(slug="a", name="Personalausweis beantragen", words="Perso verloren"),
        Service(slug="b", name="Wohnsitz ummelden", words="Umzug umgezogen Wohnung"),
        Service(slug="c", name="Führerschein umtauschen", words="alter Lappen"),
    ]
    found = finding.find(words, known)
    assert (found[0].slug if found else None) == first


def test_another_address_needs_its_own_code(client, make_office, make_service):
    make_service("ausweis", make_office(check_mail=True))
    where = journey.book(client, EIGHT).url
    code = Check.objects.get().code
    token = where.rstrip("/").rpartition("/")[2]
    for number in range(4):
        summary = journey.fill_in(
            client, f"/termine/angaben/{token}/", email=f"o{number}@x.example"
        )
        client.post(summary.url)
    assert Check.objects.get().code != code
    journey.fill_in(client, f"/termine/angaben/{token}/", email="noch@x.example")
    last = client.post(summary.url)
    assert last.status_code == 409
    assert Letter.objects.count() == 5
