"""Taking over, asking, writing, correcting: what changes, what is kept, who hears of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases.desk import (
    ask,
    breaks,
    correct,
    inbox,
    looking,
    messages,
    reminding,
    work,
)
from stadtkern.kernel.cases.journey import ending
from stadtkern.kernel.cases.models import Case, CaseLink, Message, Request
from stadtkern.kernel.cases.moves import NotPossible, move
from stadtkern.kernel.post.models import Letter


def test_taking_over_begins_the_work_and_is_on_record(world):
    case = world.case()
    work.take(case, by=world.anna)
    case.refresh_from_db()
    assert (case.state, case.clerk) == ("in_progress", world.anna)
    assert Entry.objects.filter(verb="case.take", target=f"cases.case:{case.pk}").count() == 1
    work.give_back(case, by=world.anna)
    case.refresh_from_db()
    assert (case.state, case.clerk) == ("in_progress", None)


def test_another_office_gets_the_case_with_the_reason_as_a_note(world):
    case = world.case()
    work.take(case, by=world.anna)
    work.transfer(case, to=world.social, reason="Gehört zu Ihnen.", by=world.anna)
    case.refresh_from_db()
    assert (case.department, case.clerk) == (world.social, None)
    assert case.notes.get().text == "Gehört zu Ihnen."
    assert b"Ihnen" not in bytes(case.notes.get().text_sealed)
    assert "Ihnen" not in str(Entry.objects.filter(verb="case.office").get().details)
    with pytest.raises(NotPossible):
        work.transfer(case, to=world.social, reason="noch einmal", by=world.anna)


def test_a_question_makes_the_case_wait_and_its_answer_brings_it_back(world, now):
    case = world.case()
    due = case.due
    asked = ask.ask(case, text="Bitte den Schein.", wanted=["proof"], by=world.anna,
                    due=now.at + timedelta(days=14))  # fmt: skip
    case.refresh_from_db()
    assert case.state == "query"
    letter = Letter.objects.get(topic=f"case:{case.pk}")
    assert "Schein" not in letter.text + letter.subject
    now.later(days=7)
    messages.write_to_desk(case, text="Hier ist er.", request=asked)
    case.refresh_from_db()
    asked.refresh_from_db()
    assert (case.state, asked.state) == ("in_progress", "answered")
    # Five working days went by while the applicant was asked.
    assert case.due == due + timedelta(days=7)
    messages.write_to_desk(case, text="Noch etwas.", request=asked)
    assert case.events.filter(code="request.answered").count() == 1


def test_of_two_questions_the_last_answer_brings_the_case_back(world):
    case = world.case()
    first, second = (ask.ask(case, text=text, wanted=[], by=world.anna) for text in "ab")
    messages.write_to_desk(case, text="a", request=first)
    assert Case.objects.get(pk=case.pk).state == "query"
    ask.cancel(second, by=world.anna)
    assert Case.objects.get(pk=case.pk).state == "in_progress"


def test_people_are_reminded_once_before_a_question_ends(world, now):
    case = world.case()
    ask.ask(case, text="?", wanted=[], by=world.anna, due=now.at + timedelta(days=10))
    assert Letter.objects.count() == 1
    reminding.run()
    assert Letter.objects.count() == 1
    now.later(days=8)
    reminding.run()
    reminding.run()
    assert Letter.objects.count() == 2


def test_nothing_is_asked_after_the_end(world):
    case = world.case()
    move(case, "withdrawn")
    with pytest.raises(NotPossible):
        ask.ask(case, text="?", wanted=[], by=world.anna)
    assert not Request.objects.exists()
    with pytest.raises(NotPossible):
        work.take(case, by=world.anna)


def test_messages_are_sealed_and_the_mail_says_only_that_they_are_there(world):
    case = world.case()
    made = messages.write_to_applicant(case, subject="Frage", text="Ihr Kind Emma", author=None,
                                       level=3)  # fmt: skip
    assert Message.objects.get(pk=made.pk).text == "Ihr Kind Emma"
    assert b"Emma" not in bytes(Message.objects.get(pk=made.pk).text_sealed)
    letter = Letter.objects.get()
    assert "Emma" not in letter.text
    assert case.reference in letter.text + letter.subject or case.public_id.hex


def test_a_corrected_answer_keeps_what_was_said_before(world):
    case = world.case()
    correct.correct(case, field="zone", row=None, said="4", reason="verschrieben", by=world.anna)
    case.refresh_from_db()
    assert case.answers["zone"] == "4"
    kept = case.corrections.get()
    assert (kept.before, kept.after, kept.reason) == ("3", "4", "verschrieben")
    assert case.revision == 1
    with pytest.raises(NotPossible):
        correct.correct(case, field="plate", row=None, said="???", reason="x", by=world.anna)
    with pytest.raises(NotPossible):
        correct.correct(case, field="zone", row=None, said="", reason="leer", by=world.anna)
    with pytest.raises(NotPossible):
        correct.correct(case, field="nothing", row=None, said="1", reason="x", by=world.anna)
    case.refresh_from_db()
    assert case.answers["plate"] == "HER-AB 123"
    assert case.corrections.count() == 1
    correct.correct(case, field="family_name", row=None, said="Çelik", reason="x", by=world.anna)
    case.refresh_from_db()
    assert case.name == "Çelik", "the list of cases shows the corrected name"


def test_two_cases_are_linked_once_and_never_with_themselves(world):
    one, other = world.case(), world.case()
    assert work.join(other, one, by=world.anna)
    assert not work.join(one, other, by=world.anna)
    with pytest.raises(NotPossible):
        work.join(one, one, by=world.anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseLink.objects.create(one=other, other=one)
    work.part(one, other, by=world.anna)
    assert not CaseLink.objects.exists()


def test_a_look_is_on_record_once_for_each_clerk_and_hour(world, now):
    case = world.case()
    assert looking.looked(case, by=world.anna)
    assert not looking.looked(case, by=world.anna)
    assert looking.looked(case, by=world.bert)
    Entry.objects.update(at=now.at - timedelta(minutes=61))
    assert looking.looked(case, by=world.anna)


def test_breaks_of_the_digital_way_are_counted_once_by_kind(world, now):
    from stadtkern.kernel.cases.models import Service

    service = Service.objects.create(slug="parken", title="Parken", department=world.parking)
    version = world.form()
    cases = [world.case(version, service=service) for _ in range(4)]
    assert breaks.note(cases[0], "printed", by=world.anna)
    assert not breaks.note(cases[0], "printed", by=world.bert)
    assert breaks.note(cases[0], "typed", by=world.anna)
    assert breaks.note(cases[1], "printed", by=world.anna)
    found = breaks.media_breaks(["parken", "none"], now.at - timedelta(days=1))
    assert (found["parken"].cases, found["parken"].broken) == (4, 2)
    assert found["parken"].kinds == {"printed": 2, "scanned": 0, "typed": 1}
    assert found["parken"].share_free == 0.5
    assert found["none"].share_free is None


@pytest.mark.parametrize("reason", ["", "Ich ziehe um."])
def test_the_clerk_sees_that_a_case_was_withdrawn_until_it_was_opened(world, reason):
    rights = inbox.Rights(
        see="service_portal.see", work="service_portal.work", approve="service_portal.approve"
    )
    case = world.case()
    work.take(case, by=world.anna)
    ending.withdraw(case.pk, reason=reason, actor=world.citizen)
    rows = inbox.visible(world.anna, rights).filter(inbox.mine(world.anna, rights))
    assert [one.pk for one in rows] == [case.pk]
    assert case.messages.get().text == (reason or "Es wurde kein Grund genannt.")
    messages.seen(case)
    assert not rows.all().exists()
