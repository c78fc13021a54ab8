"""What every way into a back office must keep: the same promises, adapter by adapter."""

from datetime import timedelta

import pytest

from cases.handover.conftest import KEY, bring_on, state_of
from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover import queue
from stadtkern.kernel.cases.models import Handover
from stadtkern.kernel.post.models import Letter

WAYS = ("fit_connect", "xml", "webhook")


@pytest.mark.parametrize("way", WAYS)
def test_a_case_arrives_once_and_is_accepted(way, offices, sent, sim):
    handover = bring_on(sent(offices(way)))
    sim.receiver.collect()
    handover = bring_on(handover)
    assert handover.state == "accepted"
    assert state_of(handover) == "received"
    [there] = sim.cases()
    assert (there["reference"], there["times"]) == (handover.case.reference, 1)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", ["error", "lost", "busy"])
def test_a_fault_delays_a_case_and_neither_loses_nor_doubles_it(way, fault, offices, sent, sim):
    handover = sent(offices(way))
    sim.faults.set({fault: 1.0})
    handover = bring_on(handover)
    assert handover.state == "waiting"
    assert handover.problem
    sim.faults.set({fault: 0.0})
    handover = bring_on(handover)
    sim.receiver.collect()
    assert bring_on(handover).state == "accepted"
    assert [one["reference"] for one in sim.cases()] == [handover.case.reference]


@pytest.mark.parametrize("way", WAYS)
def test_a_case_that_was_withdrawn_before_is_not_sent(way, offices, sent, sim):
    handover = sent(offices(way))
    handover.case.state, handover.case.ended = "withdrawn", handover.created
    handover.case.save()
    handover = bring_on(handover)
    assert (handover.state, handover.closed is not None) == ("dead", True)
    assert sim.cases() == []


@pytest.mark.parametrize("way", WAYS)
def test_a_connection_can_be_tested_without_sending_anything(way, offices, sim):
    from stadtkern.kernel.cases.handover.adapters import adapter

    office = offices(way)
    assert adapter(office).check(office)
    assert sim.cases() == []


def test_an_office_that_is_switched_off_takes_nothing_and_loses_nothing(offices, sent, sim):
    office = offices("webhook", enabled=False)
    handover = bring_on(sent(office))
    assert (handover.state, handover.tries) == ("waiting", 0)
    office.enabled = True
    office.save()
    assert bring_on(handover).state == "accepted"


def test_a_case_is_queued_once(fit, sent):
    handover = sent(fit)
    assert queue.queue(handover.case) == handover
    assert Handover.objects.count() == 1


def test_a_mail_says_that_there_is_something_and_not_what(offices, sent):
    handover = bring_on(sent(offices("mail")))
    assert handover.state == "accepted"
    [letter] = Letter.objects.filter(address="kfz@example.org")
    assert handover.case.reference in letter.text
    assert "Lüdenscheidt" not in letter.text + letter.subject
    bring_on(handover)
    assert Letter.objects.filter(address="kfz@example.org").count() == 1


def test_hidden_answers_do_not_leave(offices, sent, sim):
    handover = bring_on(sent(offices("webhook"), firm=False, register="HRB 1"))
    [there] = sim.store.cases.values()
    assert "register" not in there.data["answers"]
    assert there.data["answers"]["family_name"] == "Müller-Lüdenscheidt"
    assert there.data["fim"] == {"family_name": "F60000227"}
    assert [one["purpose"] for one in there.files] == ["attachment", "form"]
    assert handover.remote.startswith("wh-")


def test_a_procedure_behind_a_webhook_may_say_how_it_goes(offices, sent, sim, client):
    import json

    from stadtkern.kernel import clock
    from stadtkern.kernel.cases.handover.signatures import sign

    handover = bring_on(sent(offices("webhook")))
    body = json.dumps({"case": handover.remote, "key": "7", "code": "status", "text": "In Prüfung"})
    stamp = str(int(clock.now().timestamp()))
    headers = {"Stadtkern-Timestamp": stamp,
               "Stadtkern-Signature": sign(KEY, stamp, body.encode())}  # fmt: skip
    url = "/api/service_portal/back-offices/kfz/words"

    def tell(**changed):
        return client.post(url, body, content_type="application/json", headers=headers | changed)

    assert tell().json() == {"new": True}
    assert state_of(handover) == "in_progress"
    assert tell().json() == {"new": False}
    assert tell(**{"Stadtkern-Signature": "0" * 128}).status_code == 401


def test_what_a_webhook_took_in_it_can_still_refuse(offices, sent, sim):
    from stadtkern.kernel.cases.handover import heard
    from stadtkern.kernel.cases.handover.protocol import Word

    handover = bring_on(sent(offices("webhook")))
    heard.take(handover, Word(code="rejected", key="word 1", text="Not ours."))
    handover.refresh_from_db()
    assert (handover.state, handover.problem) == ("rejected", "Not ours.")


def test_a_fault_while_asking_is_forgotten_when_it_is_over(fit, sent, sim):
    handover = bring_on(sent(fit))
    sim.faults.set({"error": 1.0})
    handover = bring_on(handover)
    assert (handover.state, bool(handover.problem)) == ("sent", True)
    sim.faults.set({"error": 0.0})
    assert bring_on(handover).problem == ""
    # After more than 14 days without an answer somebody has to look.
    sim.faults.set({"error": 1.0})
    Handover.objects.filter(pk=handover.pk).update(sent=clock.now() - timedelta(days=17))
    assert bring_on(handover).state == "dead"
