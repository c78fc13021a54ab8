"""Texts with placeholders, and figures that outlive the erasure of cases."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.cases import retention
from stadtkern.kernel.cases.desk import ask, breaks, decide, figures, texts, work
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.models import Case, DeskText


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Guten Tag {name}, bis {due}.", 0),
        ("{name} und {nmae}", 1),
        ("{answer.plate}", 1),
        ("offen {name", 1),
        ("{}", 1),
        ("ohne", 0),
    ],
)
def test_placeholders_of_offices_are_checked(text, wrong):
    assert len(texts.faults(text)) == wrong


def test_placeholders_of_a_form_know_its_answers():
    assert texts.faults("{answer.plate}", {"plate": 1}) == []
    assert len(texts.faults("{answer.color}", {"plate": 1})) == 1


def test_texts_are_filled_in_and_what_is_missing_is_marked(world):
    case = world.case(name="Ayşe {name}")
    DeskText.objects.create(department=world.parking, kind="request", title="Frist",
                            text="Bis {due}: {reference}")  # fmt: skip
    DeskText.objects.create(department=world.social, kind="request", title="Fremd", text="x")
    found = texts.for_case(case, definition_of(case), ("request",), {"plate": "HER-AB 123"})
    assert [one.text for one in found] == [
        "Bitte schicken Sie uns den Fahrzeugschein zu HER-AB 123.", f"Bis [due]: {case.reference}",
    ]  # fmt: skip
    # What a name holds is never a placeholder itself.
    assert texts.filled("{name}", case, {}) == "Ayşe {name}"


def test_the_language_of_the_case_is_preferred(world):
    case = world.case(language="en")
    for language, text in (("de", "Hallo"), ("en", "Hello")):
        DeskText.objects.create(department=world.parking, kind="message", title="Gruß",
                                language=language, text=text)  # fmt: skip
    found = texts.for_case(case, definition_of(case), ("message",), {})
    assert [one.text for one in found] == ["Hello"]


@pytest.fixture
def some(world, now):
    """Four cases: two decided, one with paper and a question, one withdrawn draft."""
    version = world.form()
    cases = [world.case(version) for _ in range(4)]
    now.later(days=1)
    for one in cases[:3]:
        work.take(one, by=world.anna)
    asked = ask.ask(cases[0], text="?", wanted=[], by=world.anna)
    ask.answered(asked)
    breaks.note(cases[0], "printed", by=world.anna)
    for days, one in ((1, cases[0]), (2, cases[1]), (4, cases[2])):
        now.later(days=days)
        decide.provide(decide.prepare(one, outcome="granted", text="Ja.", by=world.anna))
    Case.objects.create(version=version, department=world.parking, state="expired", step="you")
    Case.objects.update(created=now.at)
    return cases


def counted(now):
    span = (now.at - timedelta(days=30), now.at + timedelta(days=1))
    rows = Case.objects.all()
    return figures.figures(rows, *span), figures.drop_offs(rows, *span)


def test_figures_count_and_measure(some, now):
    (total, parking), drops = counted(now)
    assert (total.incoming, total.decided, total.open) == (4, 3, 1)
    assert (total.first_look.median, total.decision.median) == (1.0, 4.0)
    assert total.decision.nine_of_ten == 7.2  # of 2, 4 and 8 days
    assert (total.digital, total.queries) == (0.75, 0.25)
    assert parking.title == "Bewohnerparkausweis"
    assert drops[0].begun == 5
    assert drops[0].stopped == (("you", 1),)


def test_figures_are_the_same_after_the_erasure(some, now):
    before = counted(now)
    for one in some[:3]:
        assert retention.erase_case(one)
    assert counted(now) == before


def test_few_cases_tell_no_durations(world, now):
    for one in (world.case(), world.case()):
        now.later(days=1)
        decide.provide(decide.prepare(one, outcome="granted", text="Ja.", by=world.anna))
    assert counted(now)[0][0].decision == figures.Days()


def test_figures_ask_the_database_a_fixed_number_of_times(some, now):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        counted(now)
    assert len(asked) == 3
