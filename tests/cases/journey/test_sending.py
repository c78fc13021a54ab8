"""Sending once, whatever happens on the way."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from stadtkern.kernel import events
from stadtkern.kernel.bookings.events import BookingChanged
from stadtkern.kernel.cases import moves
from stadtkern.kernel.cases.journey import booking, carry, ending, errors, file_now, save, send
from stadtkern.kernel.cases.models import Case, StatusEvent
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.models import Charge, Refund
from stadtkern.kernel.payments.providers.protocol import Outcome
from stadtkern.kernel.payments.settle import learn
from stadtkern.kernel.post.models import Letter


def sent(case):
    return send.send(case.pk, key=case.submit_key, actor=case.account)


def codes(case):
    return list(case.events.values_list("code", flat=True))


def test_what_is_complete_is_sent_with_a_mail_and_a_deadline(ready, now):
    case = sent(ready)
    assert (case.state, case.submitted) == ("submitted", now.at)
    assert case.due > now.at
    assert case.name == "Muster"
    letter = Letter.objects.get(topic=f"case:{case.pk}")
    assert case.reference in letter.text
    assert "Muster" not in letter.text


def test_a_double_click_sends_once(ready):
    first = sent(ready)
    again = sent(ready)
    assert again.pk == first.pk
    assert codes(again).count("submitted") == 1
    assert Letter.objects.count() == 1


def test_an_old_page_sends_nothing(ready):
    with pytest.raises(errors.NotOpen):
        send.send(ready.pk, key=uuid4(), actor=None)
    ready.refresh_from_db()
    assert ready.state == "draft"


def test_what_is_missing_is_said_and_nothing_is_sent(draft, simple):
    case = draft(simple, person={"family_name": "Muster"})
    with pytest.raises(errors.Incomplete) as refused:
        sent(case)
    assert [(one.step, one.field) for one in refused.value.faults] == [("person", "kind")]


def test_sending_needs_the_level_of_the_form(draft, rich):
    case = draft(rich, level=0, person={"family_name": "Muster", "email": "erika@example.org"},
                 car={"plate": "HER-AB 123"})  # fmt: skip
    with pytest.raises(errors.LevelMissing) as refused:
        sent(case)
    assert refused.value.level == 1
    assert send.send(case.pk, key=case.submit_key, actor=None, level=3).level == 3


def test_hidden_answers_do_not_leave(draft, simple):
    case = draft(simple, person={"family_name": "M", "kind": "full"}, why={"reason": "geheim"})
    case = save.save(case.pk, "person", {"kind": "plain"}, revision=case.revision, actor=None)
    assert case.answers["reason"] == "geheim"
    assert "reason" not in sent(case).answers


def test_it_is_sent_when_it_is_paid_and_not_before(parking, pay):
    case = sent(parking)
    assert case.state == "payment"
    assert case.charge.cents == 3070
    assert case.charge.items.get().budget == "parken"
    assert case.submitted is None
    pay(case.charge)
    case.refresh_from_db()
    assert case.state == "submitted"


def test_a_callback_that_comes_twice_sends_once(parking, pay):
    case = sent(parking)
    row = pay(case.charge)
    learn(row.pk, Outcome(state="booked", cents=3070, method="card"))
    pay(case.charge)
    case.refresh_from_db()
    assert codes(case).count("submitted") == 1
    assert codes(case).count("payment.paid") == 1
    # What came the second time goes back.
    assert Refund.objects.get().transaction.surplus


def test_another_amount_sends_nothing(parking, pay):
    case = sent(parking)
    pay(case.charge, cents=1)
    case.refresh_from_db()
    assert case.state == "payment"


def test_what_is_not_paid_in_time_is_a_draft_again_with_everything_in_it(parking, pay):
    case = sent(parking)
    old = case.charge
    charges.cancel(old, "zu spät")
    case.refresh_from_db()
    assert (case.state, case.charge) == ("draft", None)
    assert case.answers["plate"] == "HER-AB 123"
    # Money that comes late goes back, and the case is not sent by it.
    pay(old)
    case.refresh_from_db()
    assert case.state == "draft"
    assert Refund.objects.count() == 1
    second = sent(case)
    assert second.charge != old
    pay(second.charge)
    assert Case.objects.get(pk=case.pk).state == "submitted"


def test_zero_skips_the_payment(draft, rich):
    case = draft(rich, person={"family_name": "M", "email": "erika@example.org", "free": True},
                 car={"plate": "HER-AB 123"})  # fmt: skip
    assert sent(case).state == "submitted"
    assert not Charge.objects.exists()


def test_changing_before_paying_makes_a_new_bill_and_a_new_key(parking, pay):
    case = sent(parking)
    charge, key = case.charge, case.submit_key
    back = send.reopen(case.pk)
    charge.refresh_from_db()
    assert (back.state, charge.state) == ("draft", "cancelled")
    with pytest.raises(errors.NotOpen):
        send.send(case.pk, key=key, actor=None)
    free = save.save(case.pk, "person", {"free": True}, revision=back.revision, actor=None)
    assert sent(free).state == "submitted"


def test_what_was_sent_is_never_a_draft_again(ready):
    case = sent(ready)
    with pytest.raises(moves.NotPossible):
        send.reopen(case.pk)
    with pytest.raises(errors.NotOpen):
        save.save(case.pk, "person", {"family_name": "X"}, revision=9, actor=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="draft")


def test_the_timeline_is_only_written_on(ready):
    line = ready.events.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusEvent.objects.filter(pk=line.pk).update(code="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        line.delete()


def test_withdrawing_gives_back_what_was_paid(parking, pay):
    case = sent(parking)
    pay(case.charge)
    case = ending.withdraw(case.pk, reason="Umgezogen")
    assert ending.withdraw(case.pk).state == "withdrawn"
    assert Refund.objects.get().cents == 3070
    assert case.messages.get().text == "Umgezogen"


def test_once_somebody_works_on_it_the_desk_decides_on_the_money(parking, pay):
    case = sent(parking)
    pay(case.charge)
    moves.move(case, "in_progress")
    ending.withdraw(case.pk)
    assert not Refund.objects.exists()
    assert "refund.asked" in codes(case)


def test_nothing_is_withdrawn_after_the_decision(ready):
    case = sent(ready)
    moves.move(case, "decided", outcome="granted")
    with pytest.raises(errors.NotOpen):
        ending.withdraw(case.pk)


def test_another_device_never_overwrites_a_step(ready):
    first = save.save(ready.pk, "person", {"family_name": "Hier"}, revision=1, actor=None)
    assert first.revision == 2
    with pytest.raises(errors.Overtaken) as faster:
        save.save(ready.pk, "person", {"family_name": "Dort"}, revision=1, actor=None)
    assert faster.value.case.answers["family_name"] == "Hier"
    # Another step is nobody's quarrel, and the same words again are no new ones.
    save.save(ready.pk, "why", {"reason": "Amt"}, revision=1, actor=None)
    again = save.save(ready.pk, "person", {"family_name": "Hier"}, revision=1, actor=None)
    assert again.answers["reason"] == "Amt"


def test_a_deadline_is_kept_by_making_it_known(ready, parking, now):
    case = file_now.file_now(ready)
    at = now.at
    now.later(days=2)
    assert file_now.file_now(case).filed == at
    assert codes(case).count("filed") == 1
    with pytest.raises(errors.NotOpen):
        file_now.file_now(parking)
    assert sent(case).filed == at


def test_answers_are_carried_for_an_hour_and_nobody_can_read_them(now):
    token = carry.carry({"family_name": "Muster", "rows": [{"a": 1}]}, "wohngeld")
    assert "Muster" not in token
    found = carry.carried(token)
    assert (found.form, found.answers["rows"]) == ("wohngeld", [{"a": 1}])
    with pytest.raises(carry.NotCarried):
        carry.carried(token[:-9] + "AAAAAAAA")
    now.later(minutes=61)
    with pytest.raises(carry.NotCarried):
        carry.carried(token)


def test_no_answer_lies_open_in_the_database(ready):
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(c)::text from cases_case c where id = %s", [ready.pk])
        row = cursor.fetchone()[0]
    assert "plain" not in row.replace(ready.version.form.slug, "")


def test_an_appointment_belongs_to_a_case_and_its_changes_stand_in_the_timeline(ready, visit):
    case = sent(ready)
    token = booking.token_for(case)
    booking.attach(token, visit)
    booking.attach(token, visit)
    visit.revision += 1
    visit.save()
    events.publish(
        BookingChanged(booking=visit.pk, kind=visit.kind, before="booked", after="moved")
    )
    assert {"appointment.booked", "appointment.moved"} <= set(codes(case))
    with pytest.raises(booking.NotAttached):
        booking.attach(token + "x", visit)
