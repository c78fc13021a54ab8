"""People ask for data, report errors and show uses; staff answer; nobody is tracked."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel import clock
from stadtkern.kernel.audit import erasure
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.open_data import logic
from stadtkern.systems.open_data.feedback.mail import tell
from stadtkern.systems.open_data.models import Letter, Support

pytestmark = pytest.mark.django_db
INBOX = "/staff/open_data/feedback/"
SAID = {"title": "Brunnen fehlen", "text": "Für eine Karte im Sommer.", "website": ""}


@pytest.fixture
def patient(monkeypatch):
    """A stamp of a person who took a minute."""
    now = logic.signing.time.time
    monkeypatch.setattr(logic.signing.time, "time", lambda: now() - 60)
    stamp = logic.stamp()
    monkeypatch.setattr(logic.signing.time, "time", now)
    return {**SAID, "stamp": stamp}


@pytest.fixture
def staff(client):
    """A client of somebody who answers letters."""
    person = Account.objects.create(username="antwort", is_staff=True)
    role, _new = Role.objects.get_or_create(
        slug="open_data.answers",
        defaults={"title": "Antworten", "permissions": ["open_data.answer"]},
    )
    person.roles.add(role)
    other = type(client)()
    other.force_login(person)
    return other


def wish(**facts) -> Letter:
    given = {"kind": Letter.WISH, "title": "Brunnen", "text": "Bitte.", "public": True, **facts}
    return Letter.objects.create(**given)


def test_a_wish_is_sent_and_its_state_seen_at_a_secret_address(client, patient):
    answer = client.post("/data/wishes/new/", {**patient, "email": "a@example.org"})
    assert answer.status_code == 302
    one = Letter.objects.get()
    assert answer["Location"] == f"/data/letters/{one.token}/"
    assert len(one.token) == 40
    page = client.get(answer["Location"])
    assert "gewünscht" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert "Brunnen fehlen" not in client.get("/data/wishes/").content.decode()
    assert client.get(f"/data/letters/{'x' * 40}/").status_code == 404


def test_an_error_goes_to_staff_alone(client, trees, patient):
    answer = client.post("/data/datasets/baeume/report/?part=baeume", patient)
    assert answer.status_code == 302
    one = Letter.objects.get()
    assert (one.kind, one.dataset, one.resource.slug) == ("report", trees, "baeume")
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.update(public=True)


def test_programs_are_refused_and_nothing_written_is_lost(client, patient):
    for wrong in ({"website": "http://spam.example"}, {"stamp": "forged"},
                  {"stamp": logic.stamp()}, {"stamp": ""}, {"text": ""}):  # fmt: skip
        answer = client.post("/data/wishes/new/", {**patient, **wrong})
        assert answer.status_code == 422
        assert "Brunnen fehlen" in answer.content.decode()
    assert not Letter.objects.exists()


def test_a_flood_from_one_address_is_refused(client, patient):
    for _i in range(logic.PER_HOUR):
        assert client.post("/data/wishes/new/", patient).status_code == 302
    answer = client.post("/data/wishes/new/", patient)
    assert answer.status_code == 422
    assert "in einer Stunde" in answer.content.decode()
    assert client.post("/data/wishes/new/", patient, REMOTE_ADDR="10.9.9.9").status_code == 302


def test_a_wish_is_supported_once_from_one_address_without_a_cookie(client):
    one = wish()
    for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2"):
        client.post(f"/data/wishes/{one.pk}/support/", REMOTE_ADDR=address)
    one.refresh_from_db()
    assert one.supports == 2
    assert not {"10.0.0.1", "10.0.0.2"} & set(Support.objects.values_list("mark", flat=True))
    assert "sessionid" not in client.cookies
    assert client.get(f"/data/wishes/{one.pk}/support/").status_code == 405


def test_private_and_settled_wishes_are_not_supported(client):
    for facts in ({"public": False}, {"state": "refused", "answer": "Nein, weil."}):
        one = wish(**facts)
        assert client.post(f"/data/wishes/{one.pk}/support/").status_code == 404
    assert client.get(f"/data/wishes/{wish(public=False).pk}/").status_code == 404


def test_the_list_of_wishes_is_filtered_by_state(client):
    wish(title="Erster", state="planned")
    wish(title="Zweiter", state="refused", answer="Geht nicht.")
    text = client.get("/data/wishes/?state=planned").content.decode()
    assert "Erster" in text
    assert "Zweiter" not in text
    page = client.get(f"/data/wishes/{Letter.objects.get(title='Zweiter').pk}/").content.decode()
    assert "Geht nicht." in page
    assert "/support/" not in page


def test_a_showcase_is_shown_when_staff_have_released_it(client, staff, trees, patient):
    said = {**patient, "title": "Baumkarte", "name": "Klasse 9b", "used": "stadtbäume\n",
            "url": "https://karte.example/"}  # fmt: skip
    assert client.post("/data/showcases/new/", said).status_code == 302
    one = Letter.objects.get()
    assert "Baumkarte" not in client.get("/data/showcases/").content.decode()
    answer = {"title": "Baumkarte", "text": "Gut.", "state": "done", "public": "on", "answer": ""}
    assert staff.post(f"{INBOX}{one.pk}/", answer).status_code == 302
    for address in ("/data/showcases/", "/data/datasets/baeume/", "/data/"):
        assert "Baumkarte" in client.get(address).content.decode(), address
    assert "Klasse 9b" in client.get("/data/showcases/").content.decode()


def test_a_showcase_names_its_datasets_by_title_or_address(client, trees, patient):
    page = client.get("/data/datasets/baeume/").content.decode()
    assert "/data/showcases/new/?used=Stadtb%C3%A4ume" in page
    assert "Stadtbäume" in client.get("/data/showcases/new/?used=Stadtb%C3%A4ume").content.decode()
    said = {**patient, "title": "Karte", "used": "Stadtbaum"}
    wrong = client.post("/data/showcases/new/", said)
    assert wrong.status_code == 422
    assert "Meinen Sie: Stadtbäume?" in wrong.content.decode()
    said["used"] = "https://daten.example/en/data/datasets/baeume/\nCity trees\n"
    assert client.post("/data/showcases/new/", said).status_code == 302
    assert [use.dataset for use in Letter.objects.get().uses.all()] == [trees]


def test_an_address_that_runs_code_is_no_address(client, patient):
    said = {**patient, "url": "javascript:alert(1)"}
    assert client.post("/data/showcases/new/", said).status_code == 422


def test_staff_answer_and_the_deed_is_recorded(client, staff, django_capture_on_commit_callbacks):
    one = wish(public=False, email="a@example.org")
    said = {"title": "Brunnen", "text": "Bitte.", "state": "planned", "answer": "Wir suchen.",
            "public": "on", "dataset": ""}  # fmt: skip
    assert staff.post(f"{INBOX}{one.pk}/", said).status_code == 302
    entry = Entry.objects.get(verb="letters.answered")
    assert entry.details["state"] == "planned"
    assert entry.actor.startswith("account:")
    assert "Wir suchen." in client.get(f"/data/wishes/{one.pk}/").content.decode()
    assert tell(one.pk) == "told"
    sent = mail.outbox[-1]
    assert sent.to == ["a@example.org"]
    assert "Wir suchen." in sent.body
    assert one.token in sent.body


def test_a_refusal_needs_a_reason_and_a_granted_wish_a_dataset(staff):
    one = wish()
    for state in ("refused", "done"):
        said = {"title": "B", "text": "T", "state": state, "answer": "", "dataset": ""}
        assert staff.post(f"{INBOX}{one.pk}/", said).status_code == 422
    for wrong in ({"state": "refused"}, {"state": "done"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.filter(pk=one.pk).update(**wrong)


def test_the_inbox_is_filtered_and_asks_a_fixed_number_of_times(staff):
    wish(title="Einzelner Wunsch")

    def statements() -> int:
        with CaptureQueriesContext(connection) as told:
            assert "Einzelner" in staff.get(f"{INBOX}?kind=wish&state=new&q=e").content.decode()
        return len(told)

    before = statements()
    for i in range(20):
        wish(title=f"Einzelner {i}")
    assert statements() == before
    assert "Niemand" not in staff.get(f"{INBOX}?q=gibtesnicht&sort=age").content.decode()


def test_who_may_not_answer_sees_no_letters(client):
    one = wish()
    nobody = Account.objects.create(username="n", is_staff=True)
    for address in (INBOX, f"{INBOX}{one.pk}/"):
        assert client.get(address).status_code == 302
    client.force_login(nobody)
    for address in (INBOX, f"{INBOX}{one.pk}/"):
        assert client.get(address).status_code == 403


def test_names_and_addresses_are_forgotten_after_their_time(client):
    long_ago = clock.now() - timedelta(days=200)
    settled = wish(state="refused", answer="Nein.", email="a@example.org", name="A", mark="m",
                   created=long_ago, changed=long_ago)  # fmt: skip
    waiting = wish(email="b@example.org", mark="m", created=long_ago, changed=long_ago)
    fresh = wish(state="refused", answer="Nein.", email="c@example.org", mark="m")
    Support.objects.create(letter=waiting, mark="x", at=long_ago)
    Letter.objects.filter(pk=waiting.pk).update(supports=1)
    erasure.erase_due()
    for one in (settled, waiting, fresh):
        one.refresh_from_db()
    assert (settled.email, settled.name, settled.mark) == ("", "", "")
    assert (waiting.email, waiting.mark, waiting.supports) == ("b@example.org", "", 1)
    assert (fresh.email, fresh.mark) == ("c@example.org", "m")
    assert not Support.objects.exists()
    assert tell(settled.pk) == "nobody to tell"
