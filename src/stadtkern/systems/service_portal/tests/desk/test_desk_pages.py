"""The desk as every role and office sees it: what is shown, what is refused, what is kept."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.desk import decide, messages
from stadtkern.kernel.cases.models import Case, DeskText, Permit, Request
from stadtkern.kernel.people.models import Account, Membership

URL = "service_portal-staff:{}"


def at(name, *args):
    return reverse(URL.format(name), args=args)


@pytest.fixture
def case(world):
    return world.case()


@pytest.fixture
def as_(client):
    def enter(person):
        # A new account object, as each request has one: rights are read anew.
        client.force_login(Account.objects.get(pk=person.pk))
        return client

    return enter


def every_page(case, document):
    """Each address of one case, with what is sent to it; None: it is only read."""
    key = case.public_id
    deeds = ("take", "give_back", "assign", "office", "ask", "cancel", "write", "note", "correct",
             "join", "part", "fee", "fee_back", "break", "settle", "close")  # fmt: skip
    reads = [at("case", key), at("case-print", key), at("case-file", key, document.public_id),
             at("decision", key), at("preview", key), at("proof", key)]  # fmt: skip
    return [*((url, None) for url in reads), *((at("act", key), {"do": one}) for one in deeds),
            (at("decision", key), {"outcome": "granted", "text": "x"}), (at("give", key), {}),
            (at("preview", key), {"outcome": "granted", "text": "x"}),
            (at("send-back", key), {"reason": "x"})]  # fmt: skip


@pytest.fixture
def full(world, case):
    """A case with a document and a decision that waits for a second person."""
    case = world.case(world.form("streng", four_eyes=True))
    document = documents.add(case, name="a.pdf", content=decided_pdf(case), origin="city")
    decide.prepare(case, outcome="granted", text="Ja.", by=world.anna)
    return case, document


def decided_pdf(case):
    from stadtkern.kernel.cases.desk import decision_pdf
    from stadtkern.kernel.cases.models import Decision
    from stadtkern.kernel.sealing import seal

    return decision_pdf.drawn(case, Decision(case=case, outcome="granted", text_sealed=seal("x")))


def test_nobody_from_another_office_sees_or_changes_a_case(world, full, as_):
    case, document = full
    before = Case.objects.values().get(pk=case.pk)
    client = as_(world.cora)
    for url, said in every_page(case, document):
        answer = client.get(url) if said is None else client.post(url, said)
        assert answer.status_code == 404, url
    assert Case.objects.values().get(pk=case.pk) == before
    listed = client.get(at("desk"), {"view": "all", "q": case.reference})
    assert case.reference not in rows_of(listed)
    assert "Łukasz" not in listed.content.decode()
    assert case.reference not in client.get(at("desk-csv"), {"view": "all"}).content.decode()


def rows_of(answer):
    """The table of a list, without the search field that repeats what was looked for."""
    text = answer.content.decode()
    return text[text.find("<tbody>") : text.find("</tbody>")] if "<tbody>" in text else ""


def test_visitors_log_in_and_accounts_without_a_role_are_refused(world, full, client, as_):
    case, document = full
    pages = [
        *every_page(case, document),
        *(
            (at(name), None)
            for name in (
                "desk",
                "desk-csv",
                "figures",
                "figures-csv",
                "texts",
                "text-new",
                "permits",
            )
        ),
    ]
    for url, said in pages:
        answer = client.get(url) if said is None else client.post(url, said)
        assert (answer.status_code, "/login/" in answer["Location"]) == (302, True), url
    nobody = Account.objects.create(username="nobody", is_staff=True)
    for url, said in pages:
        client = as_(nobody)
        answer = client.get(url) if said is None else client.post(url, said)
        assert answer.status_code == 403, url


def test_who_may_only_see_cannot_work(world, case, as_):
    reader = world.person("reader", "clerk")
    seeing = world.roles["clerk"]
    seeing.pk, seeing.slug, seeing.permissions = None, "test.see", ["service_portal.see"]
    seeing.save(force_insert=True)
    Membership.objects.create(account=reader, department=world.parking, role=seeing)
    client = as_(reader)
    page = client.get(at("case", case.public_id)).content.decode()
    assert case.reference in page
    assert 'value="take"' not in page
    assert client.post(at("act", case.public_id), {"do": "take"}).status_code == 403
    said = {"outcome": "granted", "text": "x"}
    assert client.post(at("decision", case.public_id), said).status_code == 403
    assert client.post(at("give", case.public_id), {}).status_code in (403, 404)


def test_a_right_that_is_taken_away_ends_in_the_middle_of_the_work(world, case, as_):
    client = as_(world.anna)
    assert client.post(at("act", case.public_id), {"do": "take"}).status_code == 302
    Membership.objects.filter(account=world.anna).delete()
    client = as_(world.anna)
    assert client.get(at("case", case.public_id)).status_code == 403
    Membership.objects.create(account=world.anna, department=world.social,
                              role=world.roles["clerk"])  # fmt: skip
    client = as_(world.anna)
    assert client.get(at("case", case.public_id)).status_code == 404
    assert client.post(at("act", case.public_id), {"do": "note", "text": "x"}).status_code == 404


def test_each_look_at_a_case_is_on_record(world, case, as_):
    client = as_(world.anna)
    for _ in range(3):
        client.get(at("case", case.public_id))
    seen = Entry.objects.filter(verb="case.see", target=f"cases.case:{case.pk}")
    assert [one.actor for one in seen] == [f"account:{world.anna.pk}"]
    assert "Łukasz" not in str(list(Entry.objects.values()))


def test_the_desk_shows_what_needs_whom(world, as_, now):
    mine, free = world.case(), world.case()
    waits = world.case(world.form("streng", four_eyes=True))
    client = as_(world.anna)
    client.post(at("act", mine.public_id), {"do": "take"})
    decide.prepare(waits, outcome="granted", text="Ja.", by=world.anna)
    assert mine.reference in rows_of(client.get(at("desk")))
    assert waits.reference not in rows_of(client.get(at("desk")))
    assert free.reference in rows_of(client.get(at("desk"), {"view": "free"}))
    assert mine.reference not in rows_of(client.get(at("desk"), {"view": "free"}))
    client = as_(world.bert)
    assert waits.reference in rows_of(client.get(at("desk"), {"view": "check"}))
    now.later(minutes=1)
    decide.send_back(waits.decision, reason="Nein.", by=world.bert)
    assert waits.reference not in rows_of(client.get(at("desk"), {"view": "check"}))
    now.later(days=20)
    client = as_(world.bert)
    assert mine.reference in rows_of(client.get(at("desk"), {"view": "late"}))


def test_cases_are_found_by_reference_name_and_plate(world, as_, case):
    other = world.case(name="Berger")
    made = decide.provide(decide.prepare(case, outcome="granted", text="Ja.", by=world.anna))
    number = Permit.objects.get(case=made.case).number
    client = as_(world.anna)
    for words in (case.reference, case.reference.lower(), "łukasz", "her ab123".replace(" ", ""),
                  number, "Çelik Łukasz"):  # fmt: skip
        found = rows_of(client.get(at("desk"), {"q": words}))
        assert case.reference in found, words
        assert other.reference not in found, words
    assert not rows_of(client.get(at("desk"), {"q": "Xylophon"}))


@pytest.mark.parametrize("sort", ["", "due", "-due", "name", "-submitted", "clerk", "office",
                                  "state", "form", "nonsense"])  # fmt: skip
def test_the_list_asks_a_fixed_number_of_times(world, as_, sort):
    client = as_(world.bert)
    version = world.form()

    def asked():
        with CaptureQueriesContext(connection) as found:
            answer = client.get(at("desk"), {"view": "all", "sort": sort})
        assert answer.status_code == 200
        return len(found)

    world.case(version)
    before = asked()
    for _ in range(6):
        world.case(version)
    assert asked() == before <= 16


def test_the_file_of_a_list_has_neither_names_nor_answers(world, as_, case):
    text = as_(world.anna).get(at("desk-csv"), {"view": "all"}).content.decode("utf-8-sig")
    assert case.reference in text
    assert "Łukasz" not in text
    assert "HER" not in text.replace(case.reference, "")


def test_a_question_with_faults_keeps_what_was_typed(world, as_, case):
    said = {"do": "ask", "text": "Bitte den Schein", "due": "2020-01-01"}
    answer = as_(world.anna).post(at("act", case.public_id), said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Fehler:" in page
    assert 'href="#ask-due"' in page
    assert 'id="ask-due"' in page
    assert "Bitte den Schein" in page
    assert not Request.objects.exists()


def test_the_whole_way_to_a_checked_decision(world, as_, now):
    case = world.case(world.form("streng", four_eyes=True))
    url = case.public_id
    client = as_(world.anna)
    client.post(at("act", url), {"do": "take"})
    due = (now.at + timedelta(days=10)).date().isoformat()
    client.post(at("act", url), {"do": "ask", "text": "Bitte den Schein.", "due": due,
                                 "fields_wanted": ["proof"], "more_wanted": "Foto"})  # fmt: skip
    asked = Request.objects.get()
    assert asked.wanted == ["proof", "Foto"]
    assert "Fahrzeugschein" in client.get(at("case", url)).content.decode()
    messages.write_to_desk(case, text="Kommt sofort.", request=asked)
    assert "Kommt sofort." in client.get(at("case", url)).content.decode()
    page = client.get(at("decision", url), {"text": "form:granted"}).content.decode()
    assert "Guten Tag Çelik-Łukasz," in page
    client.post(at("decision", url), {"outcome": "granted", "text": "Ja, gern."})
    case.refresh_from_db()
    seen = {"seen": case.decision.prepared.isoformat()}
    assert client.get(at("preview", url))["Content-Type"] == "application/pdf"
    assert client.post(at("give", url), seen).status_code == 403
    now.later(minutes=1)
    client = as_(world.bert)
    client.post(at("send-back", url), {"reason": "Bitte mit Zone."})
    assert "Bitte mit Zone." in as_(world.anna).get(at("case", url)).content.decode()
    now.later(minutes=1)
    client.post(at("decision", url), {"outcome": "granted", "text": "Ja, Zone 3."})
    client = as_(world.bert)
    client.post(at("give", url), seen)
    case.refresh_from_db()
    assert case.state == "in_progress", "what was read is not what would go out"
    client.post(at("give", url), {"seen": case.decision.prepared.isoformat()})
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.decision.second) == ("decided", world.bert)
    proof = client.get(at("proof", url)).content.decode()
    assert "13.11.2026" in proof
    assert client.get(at("case-file", url, case.decision.document.public_id)).status_code == 200
    assert Entry.objects.filter(verb="case.document").count() == 1


def test_printing_counts_as_a_break_of_the_digital_way(world, as_, case):
    client = as_(world.anna)
    page = client.get(at("case-print", case.public_id)).content.decode()
    assert "HER-AB 123" in page
    client.get(at("case-print", case.public_id))
    assert case.events.get(code="media_break").key == "media_break:printed"


def test_giving_a_case_to_another_office_ends_the_view_of_it(world, as_, case):
    client = as_(world.anna)
    said = {"do": "office", "department": "test-soziales", "reason": "Gehört dorthin."}
    assert client.post(at("act", case.public_id), said)["Location"] == at("desk")
    assert client.get(at("case", case.public_id)).status_code == 404
    assert "Gehört dorthin." in as_(world.cora).get(at("case", case.public_id)).content.decode()


def test_texts_of_an_office_are_checked_and_belong_to_it(world, as_):
    client = as_(world.anna)
    said = {"department": world.parking.pk, "kind": "request", "title": "Schein",
            "language": "de", "text": "Bitte {nmae}"}  # fmt: skip
    assert client.post(at("text-new"), said).status_code == 422
    assert client.post(at("text-new"), {**said, "text": "Bitte {name}"}).status_code == 302
    made = DeskText.objects.get()
    assert client.post(at("text-new"), {**said, "department": world.social.pk,
                                        "text": "x"}).status_code == 422  # fmt: skip
    assert as_(world.cora).get(at("text", made.pk)).status_code == 403
    assert "Schein" not in client.get(at("texts")).content.decode()


def test_permits_are_found_and_taken_back_with_a_reason(world, as_, case):
    decide.provide(decide.prepare(case, outcome="granted", text="Ja.", by=world.anna))
    permit = Permit.objects.get()
    client = as_(world.anna)
    assert permit.number in client.get(at("permits"), {"q": "her-ab 123"}).content.decode()
    assert permit.number not in client.get(at("permits"), {"q": "HER-XY 9"}).content.decode()
    assert permit.number not in as_(world.cora).get(at("permits")).content.decode()
    client = as_(world.cora)
    url = at("permit-revoke", permit.number)
    assert client.post(url, {"reason": "x"}).status_code == 404
    client = as_(world.anna)
    client.post(url, {"reason": " "})
    assert Permit.objects.get().state == "valid"
    client.post(url, {"reason": "umgezogen"})
    assert Permit.objects.get().state == "revoked"


def test_figures_of_an_office_are_its_own(world, as_, case):
    assert "Bewohnerparkausweis" in as_(world.anna).get(at("figures")).content.decode()
    assert "Bewohnerparkausweis" not in as_(world.cora).get(at("figures")).content.decode()
    text = as_(world.anna).get(at("figures-csv")).content.decode("utf-8-sig")
    assert "Bewohnerparkausweis;1;0;0;1;0" in text
