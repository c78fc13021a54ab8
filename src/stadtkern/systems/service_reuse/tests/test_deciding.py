"""Costs over the years, and decisions that say why."""

import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from stadtkern.systems.service_reuse import costs, deciding
from stadtkern.systems.service_reuse.models import Decision


def test_costs_over_five_years_are_what_a_pocket_calculator_says():
    cost = {"one_off": [100_000, 200_000], "yearly": [10_000, 20_000], "per_case": [50, 100]}
    found = costs.total(cost, (1000, 2000), 5)
    assert (found.low, found.high) == (100_000 + 5 * 60_000, 200_000 + 5 * 220_000)
    assert found.unknown == ()


def test_later_payments_count_less_where_that_is_wanted():
    # 1000 euros at the end of each of five years at 3 per cent: 4579.71 (annuity table).
    found = costs.total({"yearly": [100_000, 100_000]}, None, 5, Decimal(3))
    assert found.low == 457_971
    assert costs.worth(5, Decimal(0)) == 5


def test_what_is_not_known_is_said_and_never_taken_for_nothing():
    found = costs.total({"yearly": [100, 100]}, None, 5)
    assert found.unknown == ("one_off", "per_case")
    assert "cases" in costs.total({"per_case": [1, 2]}, None, 5).unknown
    assert "cases" not in costs.total({"per_case": [0, 0]}, None, 5).unknown


def cost(low, high):
    return costs.total({"one_off": [low, high], "yearly": [0, 0], "per_case": [0, 0]}, None, 5)


def test_the_cheapest_is_only_named_where_it_surely_is():
    assert costs.cheapest({"reuse": cost(1, 9), "own": cost(10, 20)}) == "reuse"
    assert costs.cheapest({"reuse": cost(1, 10), "own": cost(10, 20)}) == ""
    assert costs.cheapest({"reuse": cost(1, 9), "own": costs.total({}, None, 5)}) == ""
    assert costs.cheapest({"reuse": cost(1, 9)}) == ""


def said(one, **told):
    return deciding.Said(**{
        "candidate": one.pk, "outcome": "reuse", "sensible": "Passt.", "economical": "Ja.",
        "costs": {"reuse": {"one_off": (100, 200)}, "own": {"one_off": (900, 999)}},
        "cases": (10, 20), "discount": Decimal(0), "review_on": datetime.date(2031, 1, 1), **told,
    })  # fmt: skip


@pytest.mark.django_db
def test_a_decision_begins_with_what_the_register_knows(candidate, service):
    candidate.one_off_low = candidate.one_off_high = 500
    candidate.yearly_high = 70
    candidate.save()
    draft = deciding.begin(service, candidate, actor="test")
    assert draft.costs == {"reuse": {"one_off": [500, 500], "yearly": [70, 70]}}
    assert (draft.cases_low, draft.cases_high) == (1000, 1000)
    assert deciding.begin(service, candidate, actor="test").pk == draft.pk


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "field"), [
    ({"outcome": ""}, "outcome"), ({"candidate": None}, "candidate"),
    ({"sensible": " "}, "sensible"), ({"economical": ""}, "economical"),
    ({"costs": {"reuse": {"one_off": (1, 2)}}}, "costs"), ({"review_on": None}, "review_on"),
    ({"review_on": datetime.date(2020, 1, 1)}, "review_on"),
])  # fmt: skip
def test_nothing_is_decided_without_costs_reasons_and_a_day(candidate, service, change, field):
    draft = deciding.begin(service, candidate, actor="test")
    draft = deciding.keep(draft.pk, said(candidate, **change), revision=0, actor="test")
    with pytest.raises(deciding.NotReady) as problem:
        deciding.decide(draft.pk, revision=1, actor="test")
    assert set(problem.value.texts) == {field}


@pytest.mark.django_db
def test_a_decision_stays_as_it_was_made_and_the_next_supersedes_it(candidate, service):
    draft = deciding.begin(service, candidate, actor="test")
    deciding.keep(draft.pk, said(candidate), revision=0, actor="test")
    with pytest.raises(deciding.Overtaken):
        deciding.keep(draft.pk, said(candidate), revision=0, actor="test")
    made = deciding.decide(draft.pk, revision=1, actor="test")
    for change in ({"sensible": "Anders."}, {"costs": {}}, {"state": "draft"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.filter(pk=made.pk).update(**change)
    again = deciding.begin(service, None, actor="test")
    assert again.costs["own"] == {"one_off": [900, 999]}
    deciding.keep(again.pk, said(candidate, outcome="wait", candidate=None), revision=0,
                  actor="test")  # fmt: skip
    deciding.decide(again.pk, revision=1, actor="test")
    made.refresh_from_db()
    assert made.state == "superseded"
    assert Decision.objects.get(state="decided").outcome == "wait"
