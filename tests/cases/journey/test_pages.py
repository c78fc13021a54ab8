"""The pages of the way: the complaints of others about such forms, each as a promise."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stadtkern.kernel.cases.desk import ask, decide, messages
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.journey import carry, guests, send, typed
from stadtkern.kernel.cases.models import Case, CoSign, Document, Message, Service
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.post.models import Letter

from .conftest import SIMPLE
from .test_others import PNG


@pytest.fixture
def me(client, erika):
    client.force_login(erika)
    return client


def url(name, *given):
    return reverse(f"service_portal:{name}", args=given)


def step(case, name="person", *more):
    return url("row" if more else "step", case.public_id, name, *more)


def fields(case, **said):
    case.refresh_from_db()
    return {"revision": case.revision, "do": "next", **said}


def text(answer):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_it_begins_with_what_is_needed_and_then_the_first_step(me, simple):
    page = me.get(url("begin", "bescheinigung"))
    assert "Bescheinigung" in text(page)
    answer = me.post(url("begin", "bescheinigung"), {"begin": "1"})
    case = Case.objects.get()
    assert answer.url == step(case)
    assert case.state == "draft"
    assert "Muster" in me.get(answer.url).content.decode()


def test_from_first_step_to_sent(me, draft, simple):
    case = draft(simple)
    answer = me.post(step(case), fields(case, family_name="Muster", kind="full", email=""))
    assert answer.url == step(case, "why")
    answer = me.post(answer.url, fields(case, reason="Bank"))
    assert answer.url == url("review", case.public_id)
    page = me.get(answer.url)
    assert "Bank" in text(page)
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]
    case.refresh_from_db()
    said = {"key": key, "revision": case.revision, "do": "send"}
    first = me.post(answer.url, said)
    again = me.post(answer.url, said)
    assert first.url == again.url == url("case", case.public_id)
    case.refresh_from_db()
    assert case.state == "submitted"
    # The back button leads to no second sending.
    assert me.get(url("review", case.public_id)).url == url("case", case.public_id)
    assert "gesendet" in text(me.get(url("case", case.public_id))).lower()


def test_every_fault_stays_until_it_is_repaired_and_names_its_field(me, draft, simple):
    case = draft(simple)
    case.answers = {}
    case.save()
    page = me.post(step(case), fields(case, family_name="", email="nix", kind=""))
    html = page.content.decode()
    assert page.status_code == 422
    assert re.search(r"<title>Fehler: ", html)
    summary = html[html.index('id="faults"') : html.index("</ul>")]
    links = re.findall(r'href="#([^"]+)">([^<]+)<', summary)
    assert len(links) == 3
    assert len({label for _target, label in links}) == 3
    for target, _label in links:
        assert f'id="{target}"' in html
    assert 'tabindex="-1" autofocus' in summary or "autofocus" in html
    assert 'aria-invalid="true"' in html
    # One is repaired: the others keep their words.
    page = me.post(step(case), fields(case, family_name="Muster", email="nix", kind=""))
    summary = page.content.decode()
    summary = summary[summary.index('id="faults"') : summary.index("</ul>")]
    assert len(re.findall("<li>", summary)) == 2
    # Also when one comes back later, with what was typed letter by letter.
    page = me.get(step(case))
    assert 'value="nix"' in page.content.decode()
    assert 'id="faults"' in page.content.decode()
    case.refresh_from_db()
    assert case.answers["family_name"] == "Muster"


def test_saving_for_later_keeps_also_what_is_wrong(me, draft, simple):
    case = draft(simple)
    answer = me.post(step(case), fields(case, do="later", family_name="M", email="nix", kind=""))
    assert answer.status_code == 302
    # Nor does another step, saved in between, wipe it out.
    me.post(step(case, "why"), fields(case, reason="Bank"))
    assert 'value="nix"' in me.get(step(case)).content.decode()


def test_what_was_typed_when_the_session_had_ended_is_there_after_signing_in(
    client, erika, draft, simple
):
    case = draft(simple)
    client.force_login(erika)
    html = client.get(step(case)).content.decode()
    proof = re.search(r'name="proof" value="([^"]+)"', html)[1]
    client.logout()
    said = fields(case, family_name="Lang getippt", kind="plain", email="", proof=proof)
    answer = client.post(step(case), said)
    assert answer.status_code == 302
    assert reverse("login") in answer.url
    case.refresh_from_db()
    assert case.answers.get("family_name") == "Muster"
    client.force_login(erika)
    page = client.get(step(case))
    assert 'value="Lang getippt"' in page.content.decode()
    assert "noch nicht gespeichert" in text(page)


def test_nobody_else_puts_words_into_a_draft(client, draft, simple):
    case = draft(simple)
    client.post(step(case), fields(case, family_name="Fremd", proof="x"))
    assert typed.kept(Case.objects.get(pk=case.pk), "person", None) is None


def test_two_devices_the_slower_one_sees_what_the_other_saved(me, draft, simple):
    case = draft(simple)
    old = fields(case, family_name="Dort", kind="plain", email="")
    me.post(step(case), fields(case, family_name="Hier", kind="plain", email=""))
    page = me.post(step(case), old)
    assert page.status_code == 409
    assert 'value="Dort"' in page.content.decode()
    assert "Hier" in text(page)
    now = re.search(r'name="revision" value="(\d+)"', page.content.decode())[1]
    me.post(step(case), {**old, "revision": now})
    case.refresh_from_db()
    assert case.answers["family_name"] == "Dort"


def test_repeated_entries_are_added_changed_and_removed(me, parking):
    answer = me.post(step(parking, "people", 0), fields(parking, rider="Anna"))
    assert answer.url == step(parking, "people")
    me.post(step(parking, "people", 1), fields(parking, rider="Bodo"))
    me.post(step(parking, "people", 0), fields(parking, rider="Anne"))
    assert "Anne" in text(me.get(step(parking, "people")))
    drop = url("drop-row", parking.public_id, "people", 0)
    parking.refresh_from_db()
    me.post(drop, {"revision": parking.revision})
    me.post(drop, {"revision": parking.revision})
    parking.refresh_from_db()
    assert parking.answers["people"] == [{"rider": "Bodo"}]
    assert me.get(step(parking, "people", 5)).status_code == 404
    assert me.post(step(parking, "people"), {"do": "next"}).url == url("review", parking.public_id)


def test_files_come_and_go_and_a_wrong_one_says_why(me, parking):
    good = SimpleUploadedFile("Schein.png", PNG)
    bad = SimpleUploadedFile("Schein.pdf", b"<html><script>alert(1)</script></html>")
    page = me.post(step(parking, "car"), {**fields(parking, plate="HER-AB 123", keeper="",
                                                   keeper_email=""), "paper": [good, bad]})  # fmt: skip
    assert page.status_code == 422
    assert "Schein.pdf" in text(page)
    parking.refresh_from_db()
    kept = Document.objects.get()
    assert parking.answers["paper"] == [str(kept.public_id)]
    answer = me.get(url("document", parking.public_id, kept.public_id))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    me.post(step(parking, "car"), fields(parking, plate="HER-AB 123",
                                         **{"paper-remove": str(kept.public_id)}))  # fmt: skip
    parking.refresh_from_db()
    assert "paper" not in parking.answers


def test_sending_leads_to_the_payment_and_back_to_it(me, parking):
    page = me.get(url("review", parking.public_id))
    assert "30,70" in text(page)
    answer = me.post(url("review", parking.public_id),
                     {"key": parking.submit_key, "revision": parking.revision})  # fmt: skip
    parking.refresh_from_db()
    assert parking.charge.token in answer.url
    page = me.get(url("case", parking.public_id))
    assert parking.charge.token in page.content.decode()
    me.post(url("reopen", parking.public_id))
    parking.refresh_from_db()
    assert parking.state == "draft"


def test_more_trust_is_asked_for_in_the_middle_and_nothing_is_lost(me, draft, simple):
    sure = publish.load("sicher", {**SIMPLE, "level": 3, "guests": False}, service=None,
                        department=simple.form.department)  # fmt: skip
    case = draft(sure, person={"family_name": "Muster", "kind": "plain"})
    review = url("review", case.public_id)
    assert "level=3" in me.get(review).content.decode()
    answer = me.post(review, {"key": case.submit_key, "revision": case.revision})
    assert "level=3" in answer.url
    session = me.session
    session["trust"] = 3
    session.save()
    me.post(review, {"key": case.submit_key, "revision": case.revision})
    case.refresh_from_db()
    assert (case.state, case.level) == ("submitted", 3)


def test_nobody_sees_a_case_of_others(client, me, draft, simple, parking):
    other = Account.objects.create(username="otto")
    client.force_login(other)
    names = ["case", "review", "answers", "proof", "withdraw", "contact", "write", "copy",
             "later", "appeal"]  # fmt: skip
    for name in names:
        assert client.get(url(name, parking.public_id)).status_code == 404, name
    for name in ("reopen", "file-now", "export"):
        assert client.post(url(name, parking.public_id)).status_code == 404, name
    assert client.get(step(parking)).status_code == 404
    client.logout()
    for name in names:
        assert reverse("login") in client.get(url(name, parking.public_id)).url


def test_private_pages_are_kept_nowhere(me, parking):
    answer = me.get(url("case", parking.public_id))
    assert answer["Cache-Control"].startswith("private, no-store")
    assert answer["X-Robots-Tag"] == "noindex"


def test_a_guest_goes_on_with_the_mailed_link_and_a_code(client, simple, now, monkeypatch):
    monkeypatch.setattr("stadtkern.kernel.formguard.took_its_time", lambda stamp: True)
    client.post(url("begin", "bescheinigung"), {"begin": "1", "stamp": "x"})
    case = Case.objects.get()
    assert case.account is None
    client.post(step(case), fields(case, family_name="Gast", email="", kind="plain"))
    answer = client.post(url("later", case.public_id), {"email": "gast@example.org"})
    letter = Letter.objects.get()
    assert case.token in letter.text
    assert answer.url == url("guest", case.token)
    client.logout()
    assert client.get(step(case)).status_code == 403
    page = client.get(url("guest", case.token))
    assert "Gast" not in text(page)
    client.post(url("guest", case.token), {})
    code = re.search(r"^(\d{6})$", Letter.objects.order_by("pk").last().text, re.M)[1]
    assert client.post(url("guest", case.token), {"code": "1"}).status_code == 422
    assert client.post(url("guest", case.token), {"code": code}).url == url("case", case.public_id)
    assert 'value="Gast"' in client.get(step(case)).content.decode()


def test_programs_do_not_begin_as_guests(client, simple):
    answer = client.post(url("begin", "bescheinigung"), {"begin": "1", "website": "x"})
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_a_guest_who_signs_in_takes_the_draft_along(rf, client, simple, erika, draft):
    case = draft(simple, account=None, level=0)
    request = rf.get("/")
    request.session = client.session
    guests.let_in(request, case)
    guests.take_over(request, erika)
    assert Case.objects.get().account == erika


def test_answers_come_along_from_another_form(me, simple):
    token = carry.carry({"family_name": "Anders", "kind": "full", "unknown": "x"}, "bescheinigung")
    me.post(url("begin", "bescheinigung"), {"begin": "1", "from": token})
    case = Case.objects.get()
    assert case.answers["kind"] == "full"
    assert "unknown" not in case.answers
    assert case.prefilled["kind"] == "carried"


def test_carried_answers_come_along_through_signing_in(client, rich):
    token = carry.carry({"family_name": "Anders"}, "parkausweis")
    answer = client.post(url("begin", "parkausweis"), {"begin": "1", "from": token})
    back = parse_qs(urlsplit(answer.url).query)["next"][0]
    assert urlsplit(answer.url).path == reverse("login")
    assert urlsplit(back).path == url("begin", "parkausweis")
    assert parse_qs(urlsplit(back).query)["from"] == [token]


def test_old_links_to_a_form_lead_to_its_service(client, simple):
    form = simple.form
    form.versions.update(state="retired")
    assert client.get(url("begin", "bescheinigung")).status_code == 404
    form.service = Service.objects.create(slug="bescheinigung", title="Bescheinigung")
    form.save()
    answer = client.get(url("begin", "bescheinigung"))
    assert answer.url == url("service", "bescheinigung")


def test_the_other_signs_on_a_page_of_their_own(client, draft, rich):
    case = draft(rich, person={"family_name": "Muster", "email": "e@example.org", "free": True},
                 car={"plate": "HER-AB 123", "keeper": "O", "keeper_email": "o@example.org"})  # fmt: skip
    send.send(case.pk, key=case.submit_key, actor=None)
    page = url("sign", CoSign.objects.get().token)
    assert "HER-AB 123" in text(client.get(page))
    assert client.post(page, {"answer": "yes"}).status_code == 422
    client.post(page, {"answer": "yes", "seen": "on"})
    assert Case.objects.get().state == "submitted"
    assert "HER-AB 123" not in text(client.get(page))
    assert client.get(url("sign", "nothing")).status_code == 404


@pytest.fixture
def running(ready):
    return send.send(ready.pk, key=ready.submit_key, actor=ready.account)


def test_a_question_is_answered_with_a_file_once(me, running, erika):
    asked = ask.ask(running, text="Bitte Schein", wanted=["Schein"], by=None)
    assert "Frage beantworten" in text(me.get(url("case", running.public_id)))
    page = url("answer", running.public_id, asked.pk)
    assert me.post(page, {"text": ""}).status_code == 422
    me.post(page, {"text": "", "attached": SimpleUploadedFile("s.png", PNG)})
    me.post(page, {"text": "", "attached": SimpleUploadedFile("s.png", PNG)})
    message = Message.objects.get(direction="in")
    assert message.documents.count() == 1
    running.refresh_from_db()
    assert running.state == "in_progress"


def test_a_refused_file_sends_nothing_and_keeps_the_words(me, running):
    asked = ask.ask(running, text="Bitte Schein", wanted=[], by=None)
    page = me.post(url("answer", running.public_id, asked.pk),
                   {"text": "Anbei", "attached": SimpleUploadedFile("x.pdf", b"MZ nix")})  # fmt: skip
    assert page.status_code == 422
    assert "Anbei" in page.content.decode()
    assert not Message.objects.filter(direction="in").exists()


def test_messages_are_unread_until_they_are_opened_and_ask_for_their_level(me, running):
    low = messages.write_to_applicant(running, subject="Hallo", text="Guten Tag", author=None)
    high = messages.write_to_applicant(running, subject="Geheim", text="x", author=None, level=3)
    page = me.get(url("mailbox"))
    assert "2 Nachrichten" in text(page)
    assert "Guten Tag" in text(me.get(url("message", running.public_id, low.public_id)))
    assert "level=3" in me.get(url("message", running.public_id, high.public_id)).url
    assert "1 Nachricht" in text(me.get(url("mailbox")))


def test_writing_twice_the_same_is_one_message(me, running):
    for _n in range(2):
        me.post(url("write", running.public_id), {"text": "Wie lange noch?"})
    assert Message.objects.filter(direction="in").count() == 1


def test_the_lists_ask_the_database_a_fixed_number_of_times(
    me, simple, draft, django_assert_num_queries
):
    for _n in range(3):
        draft(simple)
    with django_assert_num_queries(4) as few:
        me.get(url("cases"))
    for _n in range(9):
        draft(simple)
    with django_assert_num_queries(len(few)):
        me.get(url("cases"))


def test_the_list_is_filtered_searched_and_empty_with_a_way_on(me, simple, draft):
    case = draft(simple)
    assert case.reference in text(me.get(url("cases"), {"state": "drafts"}))
    assert case.reference in text(me.get(url("cases"), {"q": case.reference[:4].lower()}))
    assert case.reference not in text(me.get(url("cases"), {"state": "ended"}))


def test_withdrawing_asks_first(me, running):
    page = url("withdraw", running.public_id)
    assert me.get(page).status_code == 200
    me.post(page, {"reason": "Umzug"})
    running.refresh_from_db()
    assert running.state == "withdrawn"


def test_contact_data_is_put_right_and_the_rest_stays(me, running):
    page = url("contact", running.public_id)
    assert me.post(page, {"email": "nix"}).status_code == 422
    me.post(page, {"email": "neu@example.org", "phone": "02323 1"})
    running.refresh_from_db()
    assert running.email == "neu@example.org"


def test_what_is_on_the_page_in_english_is_in_english(me, ready):
    page = me.get(
        "/en" + url("review", ready.public_id).replace("dienstleistungen", "service_portal")
    )
    assert "Check and send" in text(page)
    assert "Bescheinigung (en)" in text(page)


def test_a_decision_is_shown_when_it_is_given_out_and_opening_it_is_noted(me, running, erika):
    clerk = Account.objects.create(username="amt")
    made = decide.prepare(running, outcome="granted", text="Ja.", by=clerk)
    assert "Ja." not in text(me.get(url("case", running.public_id)))
    made = decide.provide(made)
    html = me.get(url("case", running.public_id)).content.decode()
    link = url("document", running.public_id, made.document.public_id)
    assert link in html
    answer = me.get(link)
    assert answer.content.startswith(b"%PDF")
    made.refresh_from_db()
    assert made.opened is not None
    assert made.served_on is not None
    assert me.get(url("proof", running.public_id)).status_code == 200
