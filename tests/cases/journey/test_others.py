"""Others who sign, guests, the clock, and what is left in the end."""

import io
import json
import re
import zipfile

import pikepdf
import pytest
from django.utils.translation import override

from stadtkern.kernel import events
from stadtkern.kernel.cases import documents, moves, retention, timeline
from stadtkern.kernel.cases.desk import messages
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.journey import (
    begin,
    co_signing,
    copying,
    errors,
    export,
    guests,
    save,
    send,
    upkeep,
)
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.models import BackOffice, Case, CoSign, Document, Handover
from stadtkern.kernel.cases.models.journey import Draft, MailCode
from stadtkern.kernel.identity.attributes import Attribute
from stadtkern.kernel.identity.events import AccountClosed
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.post.models import Letter

from .conftest import SIMPLE, words

PNG = (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde\0\0\0\x0cIDATx"
       b"\x9cc\xf8\xcf\xc0\0\0\3\1\1\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82")  # fmt: skip


def sent(case):
    return send.send(case.pk, key=case.submit_key, actor=case.account)


@pytest.fixture
def signing(draft, rich):
    """A case that waits for its keeper."""
    case = draft(rich, person={"family_name": "Muster", "email": "erika@example.org",
                               "free": True},
                 car={"plate": "HER-AB 123", "keeper": "Otto", "keeper_email": "otto@example.org"})  # fmt: skip
    return sent(case)


def test_it_waits_until_the_other_has_signed(signing):
    assert signing.state == "co_sign"
    row = CoSign.objects.get()
    letter = Letter.objects.get(address="otto@example.org")
    assert row.token in letter.text
    assert "Muster" not in letter.text
    assert co_signing.sign(row, agrees=True, account=None, level=1).state == "submitted"
    assert co_signing.sign(row, agrees=True, account=None, level=1).state == "submitted"


def test_who_refuses_gives_it_back_and_a_second_time_is_by_a_new_link(signing):
    row = CoSign.objects.get()
    case = co_signing.sign(row, agrees=False, account=None, level=0)
    assert case.state == "draft"
    old = CoSign.objects.get()
    assert old.state == "refused"
    again = sent(Case.objects.get(pk=case.pk))
    assert again.state == "co_sign"
    assert CoSign.objects.get().token != old.token


def test_who_signed_signs_anew_what_was_changed(draft, rich):
    case = draft(rich, person={"family_name": "M", "email": "erika@example.org"},
                 car={"plate": "HER-AB 123", "keeper": "O", "keeper_email": "otto@example.org"})  # fmt: skip
    case = sent(case)
    row = CoSign.objects.get()
    assert co_signing.sign(row, agrees=True, account=None, level=0).state == "payment"
    send.reopen(case.pk)
    assert CoSign.objects.get().state == "asked"
    with pytest.raises(errors.NotOpen):
        co_signing.sign(CoSign.objects.get(), agrees=True, account=None, level=0)


def test_a_reminder_goes_once_a_day(signing, now):
    row = CoSign.objects.get()
    co_signing.remind(row)
    count = Letter.objects.filter(address="otto@example.org").count()
    co_signing.remind(row)
    assert Letter.objects.filter(address="otto@example.org").count() == count == 2


def test_the_other_sees_no_entry_of_third_people(office):
    form = {"title": words("Haushalt"), "guests": True, "co_sign": "mail", "steps": [
        {"id": "all", "title": words("Personen"), "repeated": True, "least": 1, "most": 3,
         "each": words("Person"), "fields": [
             {"id": "who", "kind": "text", "title": words("Name")},
             {"id": "mail", "kind": "email", "title": words("E-Mail"), "required": False}]}]}  # fmt: skip
    version = publish.load("haushalt", form, service=None, department=office)
    case = begin.begin(version, account=None, language="de", level=0)
    rows = [{"who": "Anna"}, {"who": "Bodo", "mail": "bodo@example.org"},
            {"who": "Cleo", "mail": "cleo@example.org"}]  # fmt: skip
    case = save.save(case.pk, "all", {"all": rows}, revision=0, actor=None)
    case = sent(case)
    row = case.co_signs.get(email="bodo@example.org")
    parts = co_signing.shown(row, definition_of(case), "de")
    assert [line.text for part in parts for line in part.lines] == ["Bodo", "bodo@example.org"]


def test_a_guest_proves_the_mailbox_with_a_code_that_works_once(draft, simple, now):
    case = draft(simple, account=None, level=0, person={"email": "gast@example.org"})
    assert guests.send_code(case)
    code = re.search(r"^(\d{6})$", Letter.objects.get().text, re.M)[1]
    assert not guests.check_code(case, "000000" if code != "000000" else "111111")
    assert guests.check_code(case, f"{code[:3]} {code[3:]}")
    assert not guests.check_code(case, code)


def test_codes_are_not_guessed_and_fill_no_mailbox(draft, simple, now):
    case = draft(simple, account=None, level=0, person={"email": "gast@example.org"})
    assert [guests.send_code(case) for _n in range(6)] == [True] * 5 + [False]
    code = re.search(r"^(\d{6})$", Letter.objects.order_by("pk").last().text, re.M)[1]
    wrong = str((int(code) + 1) % 10**6).zfill(6)
    for _n in range(5):
        guests.check_code(case, wrong)
    assert not guests.check_code(case, code)
    now.later(days=1, minutes=1)
    assert guests.send_code(case)
    now.later(minutes=16)
    code = re.search(r"^(\d{6})$", Letter.objects.order_by("pk").last().text, re.M)[1]
    assert not guests.check_code(case, code)
    assert code not in MailCode.objects.get().digest


def test_a_form_without_guests_cannot_be_begun_by_one(rich):
    with pytest.raises(errors.NotOpen):
        begin.begin(rich, account=None, language="de", level=0)


def test_a_draft_is_reminded_of_and_ends(ready, now):
    now.later(days=24)
    assert upkeep.run().startswith("1 reminded, 0 expired")
    assert upkeep.run().startswith("0 reminded")
    now.later(days=7)
    assert "1 expired, 1 erased" in upkeep.run()
    ready.refresh_from_db()
    assert (ready.state, ready.answers, ready.email) == ("expired", {}, "")
    assert "0 expired, 0 erased" in upkeep.run()


def test_saving_once_more_begins_a_new_time(ready, now):
    now.later(days=24)
    upkeep.run()
    save.save(ready.pk, "person", {"family_name": "Neu"}, revision=ready.revision, actor=None)
    now.later(days=8)
    assert upkeep.run().startswith("0 reminded, 0 expired")
    now.later(days=16)
    assert upkeep.run().startswith("1 reminded")


def test_what_is_known_already_is_filled_in_and_what_an_eid_proves_stays(simple, erika):
    case = begin.begin(simple, account=erika, language="de", level=1)
    assert (case.answers["family_name"], case.prefilled) == ("Muster", {"family_name": "account"})
    case = save.save(case.pk, "person", {"family_name": "Neu"}, revision=0, actor=erika)
    assert case.prefilled == {}
    case.prefilled = {"family_name": "eid"}
    case.save()
    case = save.save(case.pk, "person", {"family_name": "Falsch", "kind": "plain"},
                     revision=case.revision, actor=erika)  # fmt: skip
    assert (case.answers["family_name"], case.answers["kind"]) == ("Neu", "plain")


def test_what_the_identity_card_proves_in_between_goes_over_what_was_typed(
    draft, office, erika, monkeypatch
):
    form = {**SIMPLE, "steps": [{"id": "person", "title": words("Person"), "fields": [
        {"id": "family_name", "kind": "text", "title": words("Name"), "prefill": "family_name"},
        {"id": "home", "kind": "address", "title": words("Anschrift"), "prefill": "address"},
        {"id": "born", "kind": "date", "title": words("Geboren"), "prefill": "birth_date"}]}],
        "email": "", "texts": {}}  # fmt: skip
    version = publish.load("anschrift", form, service=None, department=office)
    case = draft(version, person={"family_name": "Mustr", "born": "1964-08-12"})
    said = {"family_name": "Mustermann", "street": "Heidestraße 17", "postal_code": "44623",
            "city": "Herne", "birth_date": "kein Datum"}  # fmt: skip
    known = {name: Attribute(value=value, origin="bundid", locked=True, level=4)
             for name, value in said.items()}  # fmt: skip
    monkeypatch.setattr("stadtkern.kernel.identity.attributes.of", lambda account: known)
    assert sorted(save.take_over_proven(case.pk)) == ["family_name", "home"]
    case.refresh_from_db()
    home = {"street": "Heidestraße", "number": "17", "postcode": "44623", "town": "Herne"}
    assert case.answers == {"family_name": "Mustermann", "born": "1964-08-12", "home": home}
    assert case.prefilled["home"] == "eid"
    assert save.take_over_proven(case.pk) == []
    case = save.save(case.pk, "person", {"home": None}, revision=case.revision, actor=erika)
    assert case.answers["home"] == home


def test_who_acts_for_somebody_gets_nothing_of_their_own_filled_in(simple, erika):
    acting = {"kind": "guardian", "name": "Kind"}
    case = begin.begin(simple, account=erika, language="de", level=1, acting=acting)
    assert (case.answers, case.acting) == ({}, acting)


@pytest.fixture
def full(parking, pay):
    """A decided case with a file, a message and a note."""
    made = documents.add(parking, field="paper", name="schein.png", content=PNG)
    case = save.save(parking.pk, "car", {"paper": [str(made.public_id)]},
                     revision=parking.revision, actor=None)  # fmt: skip
    case = sent(case)
    pay(case.charge)
    messages.write_to_desk(case, text="Ich bin Erika Muster")
    moves.move(case, "decided", outcome="granted")
    return Case.objects.get(pk=case.pk)


def test_the_personal_part_goes_by_the_forms_own_clock_and_the_figures_stay(full, now):
    assert (full.erase_on - now.at.date()).days == 400
    before = list(full.events.values_list("code", flat=True))
    now.later(days=399)
    assert retention.erase_due() == 0
    now.later(days=2)
    assert retention.erase_due() == 1
    full.refresh_from_db()
    assert (full.name, full.email, full.answers, full.account) == ("", "", {}, None)
    assert (full.state, full.outcome, full.submitted is not None) == ("decided", "granted", True)
    assert list(full.events.values_list("code", flat=True)) == before
    assert [one.text for one in full.messages.all()] == [""]
    assert set(Document.objects.values_list("name", "content_sealed")) == {("", None)}
    assert not Letter.objects.filter(topic=f"case:{full.pk}").exists()
    assert timeline.lines(full)
    assert retention.erase_due() == 0


def test_what_is_on_its_way_to_a_back_office_stays_until_it_is_there(full, now):
    office = BackOffice.objects.create(slug="kfz", title="Kfz", adapter="mail")
    way = Handover.objects.create(case=full, back_office=office, state="sent")
    now.later(days=500)
    assert retention.erase_due() == 0
    way.state = "dead"
    way.save()
    assert retention.erase_due() == 1


def test_whoever_closes_the_account_loses_drafts_at_once_and_the_rest_by_its_time(
    full, draft, simple
):
    young = draft(simple, person={"family_name": "Muster"})
    events.publish(AccountClosed(account=full.account_id))
    full.refresh_from_db()
    young.refresh_from_db()
    assert (young.state, young.answers, young.erased is not None) == ("withdrawn", {}, True)
    assert (full.account, full.name, full.erased) == (None, "Muster", None)


def test_the_export_holds_everything_and_the_files(full, erika):
    pack = zipfile.ZipFile(io.BytesIO(export.packed(full, erika)))
    told = json.loads(pack.read("case.json"))
    assert told["answers"]["plate"] == "HER-AB 123"
    assert told["messages"][0]["text"] == "Ich bin Erika Muster"
    assert len([one for one in pack.namelist() if one.startswith("files/")]) == 1
    assert [one["reference"] for one in export.of_account(erika)["cases"]] == [full.reference]


def test_the_copy_is_a_pdf_with_the_answers_as_text(full):
    made = copying.copy_of(full)
    assert copying.copy_of(full).pk == made.pk
    assert "nothing" not in copying.make(full.pk)
    with pikepdf.open(io.BytesIO(documents.content(made))) as pdf:
        assert full.reference in str(pdf.docinfo["/Title"])
        assert str(pdf.Root.Lang) == "de"


def test_a_draft_is_gone_when_it_is_sent(ready):
    sent(ready)
    assert not Draft.objects.exists()


def test_every_line_has_words_in_both_languages(full):
    for language in ("de", "en"):
        with override(language):
            told = [one.text for one in timeline.lines(full)]
        assert all("%(" not in one for one in told)
    assert timeline.HAPPENED.keys() >= set(
        full.events.filter(visible=True).values_list("code", flat=True)
    )


HOUSEHOLD = {
    "title": words("Haushalt"), "guests": True, "co_sign": "mail", "co_sign_name": "who", "steps": [
        {"id": "all", "title": words("Personen"), "repeated": True, "least": 1, "most": 4,
         "each": words("Person"), "fields": [
             {"id": "who", "kind": "text", "title": words("Name")},
             {"id": "mail", "kind": "email", "title": words("E-Mail"), "required": False}]}]}  # fmt: skip
SHARED = [{"who": "Anna", "mail": "wir@example.org"}, {"who": "Bodo", "mail": "Wir@example.org"}]


@pytest.fixture
def sharing(office):
    """Two adults with one mailbox, who both have to sign."""
    version = publish.load("haushalt", HOUSEHOLD, service=None, department=office)
    case = begin.begin(version, account=None, language="de", level=0)
    return sent(save.save(case.pk, "all", {"all": SHARED}, revision=0, actor=None))


def test_two_with_one_mailbox_sign_each_for_themselves(sharing):
    anna, bodo = sharing.co_signs.order_by("number")
    assert (anna.name, bodo.name, anna.email) == ("Anna", "Bodo", bodo.email)
    letters = Letter.objects.filter(address="wir@example.org").order_by("pk")
    assert [(row.name in letter.text, row.token in letter.text)
            for row, letter in zip((anna, bodo), letters, strict=True)] == [(True, True)] * 2  # fmt: skip
    assert co_signing.sign(anna, agrees=True, account=None, level=0).state == "co_sign"
    assert co_signing.sign(bodo, agrees=True, account=None, level=0).state == "submitted"


def test_who_shares_a_mailbox_sees_their_own_entry_only(sharing):
    bodo = sharing.co_signs.get(name="Bodo")
    parts = co_signing.shown(bodo, definition_of(sharing), "de")
    assert [line.text for part in parts for line in part.lines] == ["Bodo", "Wir@example.org"]


def test_another_person_in_the_same_mailbox_is_asked_anew(sharing):
    old = sharing.co_signs.get(name="Bodo")
    co_signing.sign(old, agrees=False, account=None, level=0)
    rows = [SHARED[0], {"who": "Cleo", "mail": "wir@example.org"}]
    case = Case.objects.get(pk=sharing.pk)
    case = sent(save.save(case.pk, "all", {"all": rows}, revision=case.revision, actor=None))
    assert set(case.co_signs.values_list("name", "state")) == {("Anna", "asked"), ("Cleo", "asked")}
    assert not case.co_signs.filter(token=old.token).exists()


def test_where_it_must_be_known_who_signs_nobody_signs_twice(office, erika):
    form = {**HOUSEHOLD, "co_sign_level": 3}
    version = publish.load("haushalt", form, service=None, department=office)
    case = begin.begin(version, account=erika, language="de", level=3)
    case = sent(save.save(case.pk, "all", {"all": SHARED}, revision=0, actor=erika))
    anna, bodo = case.co_signs.order_by("number")
    other = Account.objects.create(username="anna", email="wir@example.org")
    with pytest.raises(errors.NotOpen):
        co_signing.sign(anna, agrees=True, account=erika, level=3)
    co_signing.sign(anna, agrees=True, account=other, level=3)
    with pytest.raises(errors.NotOpen):
        co_signing.sign(bodo, agrees=True, account=other, level=3)
