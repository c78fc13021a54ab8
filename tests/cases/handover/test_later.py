"""What a back office hears after it has got a case: withdrawn, messages, files; never lost."""

import pytest

from cases.handover.conftest import MAPPING, PDF, bring_on, state_of
from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.desk import messages
from stadtkern.kernel.cases.handover import later, queue, round
from stadtkern.kernel.cases.journey import ending
from stadtkern.kernel.cases.models import Case, Handover
from stadtkern.kernel.post.models import Letter

WAYS = ("fit_connect", "webhook", "xml")
LATER = """
root = nachricht
kopf/reference = {reference}
kopf/art       = {kind}
kopf/zeit      = {at}
text           = {text}
"""


@pytest.fixture
def office(offices, sim):
    def made(way):
        told = {"address": f"{sim.base}/xml/kfz/{{reference}}.xml", "mapping": MAPPING,
                "mapping_later": LATER}  # fmt: skip
        return offices(way, **({"settings": told} if way == "xml" else {}))

    return made


@pytest.fixture
def arrived(office, sent, sim):
    """`arrived(way)`: a case that lies with the back office."""

    def made(way):
        handover = bring_on(sent(office(way)))
        sim.receiver.collect()
        handover = bring_on(handover)
        assert handover.state == "accepted"
        return handover

    return made


def next_of(handover, kind):
    return Handover.objects.get(follows=handover, kind=kind)


def to_the_end(row, sim):
    row = bring_on(row)
    sim.receiver.collect()
    return bring_on(row)


@pytest.mark.parametrize("way", WAYS)
def test_who_withdraws_after_sending_is_told_of_to_the_back_office(way, arrived, sim):
    handover = arrived(way)
    ending.withdraw(handover.case_id, reason="Ich ziehe um.")
    row = to_the_end(next_of(handover, "withdrawal"), sim)
    assert (row.state, row.closed is not None) == ("accepted", True)
    [there] = sim.store.cases.values()
    assert (there.state, there.times, [one["type"] for one in there.later]) == (
        "withdrawn", 1, ["withdrawal"])  # fmt: skip
    if way != "xml":
        assert there.later[0]["text"] == "Ich ziehe um."
    assert handover.case.events.filter(code="withdrawal.told", visible=True).count() == 1
    assert state_of(handover) == "withdrawn"
    ending.withdraw(handover.case_id)
    assert Handover.objects.count() == 2


def test_over_fit_connect_it_belongs_to_the_same_case(arrived, sim):
    handover = arrived("fit_connect")
    ending.withdraw(handover.case_id)
    row = to_the_end(next_of(handover, "withdrawal"), sim)
    assert row.remote_case == handover.remote_case
    assert row.remote != handover.remote
    assert {one.case for one in sim.store.submissions.values()} == {handover.remote_case}


@pytest.mark.parametrize("way", WAYS)
def test_a_case_whose_arrival_nobody_knows_of_is_withdrawn_over_there_as_well(
    way, office, sent, sim
):
    handover = sent(office(way))
    sim.faults.set({"lost": 1.0} if way != "fit_connect" else {})
    if way == "fit_connect":
        _answer_to_the_last_call_is_lost(sim)
    handover = bring_on(handover)
    assert handover.state == "waiting"
    sim.faults.set({"lost": 0.0})
    ending.withdraw(handover.case_id)
    row = next_of(handover, "withdrawal")
    # As long as somebody may be at the case itself, its end waits.
    assert bring_on(row).state == "waiting"
    assert bring_on(handover).closed is not None
    sim.receiver.collect()
    assert to_the_end(row, sim).state == "accepted"
    assert [one["state"] for one in sim.cases()] == ["withdrawn"]


def _answer_to_the_last_call_is_lost(sim):
    real = sim.delivery._submit

    def lost(number, body):
        real(number, body)
        sim.delivery._submit = real
        raise OSError("the line is cut")

    sim.delivery._submit = lost


def test_what_never_was_tried_needs_no_withdrawal(fit, sent, sim):
    handover = sent(fit)
    ending.withdraw(handover.case_id)
    assert Handover.objects.count() == 1
    assert bring_on(handover).closed is not None
    assert sim.cases() == []


def test_who_withdraws_while_a_try_begins_sends_nothing(fit, sent, sim, monkeypatch):
    handover = sent(fit)

    def meanwhile(claim):
        ending.withdraw(claim.row.case_id)
        return True

    monkeypatch.setattr(round, "_may_go", meanwhile)
    handover = bring_on(handover)
    assert (handover.state, handover.tries) == ("dead", 0)
    assert (sim.cases(), list(sim.store.submissions)) == ([], [])


def test_a_withdrawal_is_tried_again_and_at_last_somebody_has_to_look(arrived, sim, monkeypatch):
    handover = arrived("webhook")
    ending.withdraw(handover.case_id)
    row = next_of(handover, "withdrawal")
    sim.faults.set({"error": 1.0})
    assert bring_on(row).state == "waiting"
    monkeypatch.setattr(round, "MOST_TRIES", 2)
    row = bring_on(row)
    assert (row.state, row.closed) == ("dead", None)
    sim.faults.set({"error": 0.0})
    queue.again(row, "account:1")
    assert bring_on(row).state == "accepted"
    assert [one["state"] for one in sim.cases()] == ["withdrawn"]


def test_a_procedure_without_a_message_for_it_is_told_by_a_person(offices, sent, sim):
    handover = bring_on(sent(offices("xml")))
    ending.withdraw(handover.case_id)
    row = bring_on(next_of(handover, "withdrawal"))
    assert (row.state, row.closed) == ("dead", None)
    assert "anderem Weg" in row.problem
    queue.by_hand(row, "Angerufen", "account:1")
    row.refresh_from_db()
    assert row.closed is not None


def test_an_office_behind_a_mail_gets_a_second_mail(office, sent):
    handover = bring_on(sent(office("mail")))
    ending.withdraw(handover.case_id, reason="Geheimer Grund")
    bring_on(next_of(handover, "withdrawal"))
    first, second = Letter.objects.filter(address="kfz@example.org").order_by("pk")
    assert handover.case.reference in second.subject
    assert first.subject != second.subject
    assert "Geheim" not in second.text


@pytest.mark.parametrize("way", ["fit_connect", "webhook"])
def test_a_file_that_comes_later_follows_the_case_and_does_not_come_twice(way, office, sent, sim):
    handover = sent(office(way))
    case = Case.objects.get(pk=handover.case_id)
    file = documents.add(case, name="Nachtrag.pdf", content=PDF)
    messages.write_to_desk(case, text="Hier ist der Nachtrag.", documents=[file])
    row = next_of(handover, "message")
    assert bring_on(row).state == "waiting"
    handover = bring_on(handover)
    sim.receiver.collect()
    assert bring_on(handover).state == "accepted"
    [there] = sim.store.cases.values()
    assert "Nachtrag.pdf" not in [one["name"] for one in there.files]
    assert to_the_end(row, sim).state == "accepted"
    bring_on(row)
    assert [(one["text"], one["files"]) for one in there.later] == [
        ("Hier ist der Nachtrag.", ["Nachtrag.pdf"])
    ]


def test_what_was_written_goes_to_the_office_that_has_the_case_in_the_end(office, sent, sim):
    handover = sent(office("webhook"))
    case = Case.objects.get(pk=handover.case_id)
    messages.write_to_desk(case, text="Noch etwas.")
    row = next_of(handover, "message")
    Handover.objects.filter(pk=handover.pk).update(state="dead")
    handover.refresh_from_db()
    new = bring_on(queue.elsewhere(handover, handover.back_office, "account:1"))
    assert new.state == "accepted"
    row = bring_on(bring_on(row))
    assert (row.state, row.follows_id) == ("accepted", new.pk)


def test_an_answer_to_the_back_office_is_called_so(arrived, sim):
    from stadtkern.kernel.cases.desk import from_back_office
    from stadtkern.kernel.cases.handover.protocol import Word

    handover = arrived("webhook")
    word = Word(code="request", key="1", text="Bitte den Nachweis.", data={"wanted": ["Nachweis"]})
    assert from_back_office.hear(handover.case, word)
    case = Case.objects.get(pk=handover.case_id)
    messages.write_to_desk(case, text="Anbei.", request=case.requests.get())
    assert bring_on(next_of(handover, "message")).state == "accepted"
    [there] = sim.store.cases.values()
    assert there.later[0]["type"] == "answer"


def test_nothing_is_told_of_a_case_that_is_worked_on_by_hand(fit, sent):
    handover = sent(fit)
    Handover.objects.filter(pk=handover.pk).update(state="dead")
    handover.refresh_from_db()
    queue.by_hand(handover, "Das Verfahren ruht.", "account:1")
    assert later.withdrawn(Case.objects.get(pk=handover.case_id)) is None
