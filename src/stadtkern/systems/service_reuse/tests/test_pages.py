"""What everybody sees, what staff do, and who may."""

import csv
import io
import random
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover.fit_connect.service import Service as FitConnect
from stadtkern.kernel.cases.handover.protocol import NotHandedOver
from stadtkern.kernel.cases.models import BackOffice, OnlineService, Service
from stadtkern.systems.service_reuse import datasets, demo, jobs, looking_up, register, stepping
from stadtkern.systems.service_reuse.models import Candidate, Decision, Finding, Trial

pytestmark = pytest.mark.django_db
HOME, STAFF = "/nachnutzung/", "/staff/service_reuse/"


def text_of(client, address, status=200, **said):
    answer = client.get(address, said)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_the_public_page_says_what_is_used_and_why(client, ready):
    stepping.move(ready.pk, "live", actor="test")
    page = text_of(client, HOME)
    assert "Wohngeld online" in page
    assert "Schleswig-Holstein" in page
    assert "Es ist günstiger." in page
    assert "Pressemitteilung" in page


def test_a_decision_against_reuse_is_public_too(client, candidate, decided):
    Decision.objects.all().delete()
    Decision.objects.create(
        service=candidate.service, state="decided", outcome="own", sensible="Anders besser.",
        economical="Auch günstiger.", decided=clock.now(), review_on="2030-01-01",
    )  # fmt: skip
    page = text_of(client, HOME)
    assert "Anders besser." in page
    assert "1.1.2030" in page


def test_lists_cost_the_same_for_many_rows(
    client, office, signed_in, django_assert_max_num_queries
):
    signed_in("decider")
    for number in range(12):
        one = Service.objects.create(slug=f"s{number}", title="S", department=office)
        made = Candidate.objects.create(service=one, title="C", source="Q")
        Decision.objects.create(service=one, candidate=made, costs={"own": {}})
    most = {HOME: 5, STAFF: 11, f"{STAFF}decisions/": 11}
    for address, queries in most.items():
        with django_assert_max_num_queries(queries):
            text_of(client, address)
    with django_assert_max_num_queries(24):
        text_of(client, f"{STAFF}{made.pk}/")


def test_readers_keepers_and_deciders_each_do_their_part(client, ready, signed_in):
    where = f"{STAFF}{ready.pk}/"
    signed_in("reader")
    text_of(client, where)
    move = {"do": "move", "to": "connected"}
    assert client.post(f"{where}do/", move).status_code == 403
    assert client.get(f"{STAFF}new/").status_code == 403
    assert client.post(f"{STAFF}decide/wohngeld/").status_code == 403
    signed_in("keeper")
    assert client.post(f"{where}do/", {"do": "move", "to": "live"}).status_code == 403
    assert client.post(f"{where}do/", move).status_code == 302
    client.post(f"{where}do/", {"do": "move", "to": "tested"})
    signed_in("decider")
    client.post(f"{where}do/", {"do": "move", "to": "live", "complete": "on"})
    assert OnlineService.objects.get(state="live").complete
    signed_in_again = Candidate.objects.get()
    assert signed_in_again.step == "live"


def test_leaving_is_decided_by_those_who_decide(client, ready, signed_in):
    stepping.move(ready.pk, "live", actor="test")
    signed_in("keeper")
    deed = {"do": "move", "to": "retired"}
    assert client.post(f"{STAFF}{ready.pk}/do/", deed).status_code == 403


def test_one_is_added_and_changed_by_hand(client, service, signed_in):
    signed_in("keeper")
    said = {"service": service.pk, "title": "Neu", "source": "Seite", "one_off_low": "1.250,50",
            "one_off_high": "2000", "leika": "123"}  # fmt: skip
    answer = client.post(f"{STAFF}new/", said)
    assert answer.status_code == 422
    assert "14 Ziffern" in answer.content.decode()
    assert "<title>Fehler:" in answer.content.decode()
    answer = client.post(f"{STAFF}new/", {**said, "leika": "99 107 023 001 000"})
    assert answer.status_code == 302, answer.content.decode()
    made = Candidate.objects.get(title="Neu")
    assert (made.one_off_low, made.one_off_high, made.leika) == (125_050, 200_000, "99107023001000")
    assert "1250,50" in text_of(client, f"{STAFF}{made.pk}/edit/")
    wrong = client.post(f"{STAFF}{made.pk}/edit/", {**said, "leika": "", "one_off_low": "3000"})
    assert "weniger als" in wrong.content.decode()


def test_who_changes_the_address_of_what_is_used_changes_where_people_go(client, ready, signed_in):
    stepping.move(ready.pk, "live", actor="test")
    signed_in("keeper")
    said = {"service": ready.service_id, "title": ready.title, "source": "Seite"}
    assert client.post(f"{STAFF}{ready.pk}/edit/", said).status_code == 422
    client.post(f"{STAFF}{ready.pk}/edit/", {**said, "url": "https://example.org/neu"})
    assert OnlineService.objects.get(state="live").url == "https://example.org/neu"


def test_what_was_found_is_noted_with_evidence(client, candidate, signed_in):
    signed_in("keeper")
    where = f"{STAFF}{candidate.pk}/do/"
    told = {"do": "finding", "list": "requirements", "item": "neutral", "verdict": "yes",
            "note": "Ohne Wappen", "url": "https://example.org/beleg"}  # fmt: skip
    client.post(where, told)
    assert Finding.objects.get().verdict == "yes"
    client.post(where, {**told, "verdict": "no"})
    assert Finding.objects.get().verdict == "no"
    client.post(where, {**told, "url": "javascript:alert(1)", "verdict": "unneeded"})
    assert Finding.objects.get().verdict == "no"
    for wrong in ({"item": "nothing"}, {"list": "../x"}, {"do": "dance"}):
        assert client.post(where, {**told, **wrong}).status_code == 404
    assert "Ohne Wappen" in text_of(client, f"{STAFF}{candidate.pk}/")


def test_a_decision_is_prepared_with_costs_and_made(client, candidate, signed_in):
    signed_in("decider")
    begun = client.post(f"{STAFF}decide/any/", {"service": "wohngeld"})
    said = {"base": 0, "outcome": "reuse", "candidate": candidate.pk, "sensible": "Passt.",
            "economical": "", "cases_low": "900", "cases_high": "1100", "discount": "2,5",
            "review_on": "2031-05-01", "reuse_one_off_low": "10.000", "reuse_yearly_low": "500",
            "reuse_per_case_low": "0", "own_one_off_low": "80.000", "own_one_off_high": "90.000",
            "own_yearly_low": "1000", "own_per_case_low": "0", "do": "decide"}  # fmt: skip
    answer = client.post(begun.url, said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#id_economical"' in page
    assert "sicher am günstigsten" in page
    assert "Passt." in page
    base = Decision.objects.get().revision
    answer = client.post(begun.url, {**said, "base": base, "economical": "Ja."})
    assert answer.status_code == 302, answer.content.decode()
    made = Decision.objects.get(state="decided")
    assert made.costs["own"]["one_off"] == [8_000_000, 9_000_000]
    assert made.decided_by.username == "decider"
    assert "Ja." in text_of(client, begun.url)
    assert "reuse_one_off_low" not in text_of(client, begun.url)


def test_amounts_in_the_wrong_order_are_named(client, candidate, signed_in):
    signed_in("decider")
    begun = client.post(f"{STAFF}decide/wohngeld/", {"candidate": candidate.pk})
    said = {"base": 0, "discount": "0", "own_yearly_low": "9", "own_yearly_high": "8"}
    assert "weniger als" in client.post(begun.url, said).content.decode()


def test_the_register_goes_out_and_comes_in_again(client, candidate, signed_in):
    signed_in("keeper")
    Candidate.objects.update(one_off_low=125_050, about="=1+1; mit Semikolon", level=3)
    table = text_of(client, STAFF, **{"as": "csv"})
    row = next(csv.DictReader(io.StringIO(table), delimiter=";"))
    assert (row["one_off_low"], row["about"]) == ("1250.50", "'=1+1; mit Semikolon")
    Candidate.objects.all().delete()
    send = {"file": SimpleUploadedFile("r.csv", table.encode())}
    page = client.post(f"{STAFF}import/", send).content.decode()
    assert "ist neu" in page
    assert not Candidate.objects.exists()
    send = {"file": SimpleUploadedFile("r.csv", table.encode()), "keep": "on"}
    client.post(f"{STAFF}import/", send)
    made = Candidate.objects.get()
    assert (made.one_off_low, made.about, made.level, made.step) == (
        125_050, "=1+1; mit Semikolon", 3, "candidate")  # fmt: skip
    assert register.plan(table.encode()).lines[0].known


@pytest.mark.parametrize(("line", "problem"), [
    ("nobody;T;Q", "nicht im Katalog"), ("wohngeld;;Q", "Name und Quelle"),
    ("wohngeld;T;Q;XX", "ist kein"), ("wohngeld;T;Q;;99", "14 Ziffern"),
    ("wohngeld;T;Q;;;ftp://x", "https"), ("wohngeld;T;Q;;;;-5", "kein Betrag"),
    ("wohngeld;T;Q;;;;NaN", "kein Betrag"), ("wohngeld;T;Q;;;;;gestern", "2026-11-23"),
])  # fmt: skip
def test_a_line_that_cannot_be_taken_in_is_named(client, service, signed_in, line, problem):
    signed_in("keeper")
    head = "service;title;source;state;leika;url;yearly_low;as_of\n"
    file = SimpleUploadedFile("r.csv", (head + line).encode())
    answer = client.post(f"{STAFF}import/", {"file": file, "keep": "on"})
    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert "Zeile 2" in answer.content.decode()
    assert not Candidate.objects.exists()


def test_fit_connect_is_asked_where_applications_would_go(
    client, candidate, signed_in, monkeypatch
):
    signed_in("keeper")
    office = BackOffice.objects.create(slug="soz", title="Sozialverfahren", adapter="fit_connect",
                                       settings={"destination": "d-1"})  # fmt: skip
    client.post(f"{STAFF}{candidate.pk}/do/", {"do": "try", "office": office.pk})
    trial = Trial.objects.get()
    assert trial.state == "waiting"
    monkeypatch.setattr(FitConnect, "encryption_key", lambda self, number: {"kid": number})
    assert looking_up.run(trial.pk) == "good"
    trial.refresh_from_db()
    assert "d-1" in trial.text
    assert looking_up.run(trial.pk) == "nothing to try"

    def refuse(self, number):
        raise NotHandedOver("Der Zustellpunkt ist nicht aktiv.")

    monkeypatch.setattr(FitConnect, "encryption_key", refuse)
    client.post(f"{STAFF}{candidate.pk}/do/", {"do": "try", "office": office.pk})
    looking_up.run(Trial.objects.first().pk)
    assert "nicht aktiv" in text_of(client, f"{STAFF}{candidate.pk}/")


def test_without_a_key_and_a_destination_it_is_tried_by_hand(client, candidate, signed_in):
    signed_in("keeper")
    office = BackOffice.objects.create(slug="soz", title="S", adapter="fit_connect")
    answer = client.post(f"{STAFF}{candidate.pk}/do/", {"do": "try", "office": office.pk},
                         follow=True)  # fmt: skip
    assert "von Hand" in answer.content.decode()
    assert not Trial.objects.exists()


def test_a_try_that_nobody_finished_is_given_up(candidate):
    made = Trial.objects.create(candidate=candidate, by="t", at=clock.now() - timedelta(hours=2))
    jobs.give_up()
    made.refresh_from_db()
    assert made.state == "bad"


def test_the_demo_says_what_is_invented(client, office):
    for slug in ("wohngeld", "gewerbe-anmelden", "fuehrerschein", "buergergeld"):
        Service.objects.create(slug=slug, title=slug, department=office, yearly=100)
    demo.fill(random.Random(1))
    assert Candidate.objects.count() == 4
    assert not Candidate.objects.exclude(invented=True).exists()
    assert Candidate.objects.live().get().service.slug == "gewerbe-anmelden"
    assert OnlineService.objects.get().kind == "efa"
    assert not Candidate.objects.exclude(leika="").exists()
    demo.fill(random.Random(1))
    assert Candidate.objects.count() == 4
    page = text_of(client, HOME)
    assert "für die Demo erfunden" in page
    rows = {row["service"]: row for row in datasets.rows()}
    assert rows["buergergeld"]["outcome"] == "link"
    assert rows["gewerbe-anmelden"]["step"] == "live"
