"""Distributions, bottlenecks and comparisons, against a count by hand."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Service
from stadtkern.systems.digital_maturity import comparing, picture, scoring
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity.models import Assessment
from stadtkern.systems.digital_maturity.picture import Standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def placed(make, model):
    """A function that puts a service at these levels of its criteria, without a questionnaire."""

    def place(slug, scores, yearly=100, at=None, **told):
        service = Service.objects.filter(slug=slug).first() or make(slug, yearly=yearly)
        levels = dict.fromkeys(range(1, 11), 4) | scores
        lowest = min(level for level in levels.values() if level is not None)
        return Assessment.objects.create(
            service=service, model=model, scale=model.slug, state="complete", level=lowest,
            scores={str(no): level for no, level in levels.items()},
            completed=at or clock.now(), **told,
        )  # fmt: skip

    return place


def test_services_and_cases_are_weighed_apart_and_never_averaged(placed, make, model):
    placed("a", {2: 1}, yearly=10)
    placed("b", {2: 3}, yearly=990)
    placed("c", {}, yearly=None)
    make("d", yearly=1000)
    definition = documents.read(model.definition)
    told = picture.distribution(picture.standings(model), definition)
    assert [(one.level, one.services, one.cases) for one in told.bars] == [
        (0, 0, 0), (1, 1, 10), (2, 0, 0), (3, 1, 990), (4, 1, 0), (None, 1, 1000)]  # fmt: skip
    assert (told.services, told.measured, told.cases, told.unknown) == (4, 3, 2000, 1)
    assert told.reached(3) == (2, 990)
    assert told.bars[1].share == 0.25
    assert told.bars[3].case_share == 0.495


def test_a_bottleneck_says_what_lifting_it_alone_would_bring(placed, model):
    placed("a", {5: 2}, yearly=500)  # paying alone: reaches 4
    placed("b", {5: 2, 6: 2}, yearly=70)  # two of them: neither alone helps
    placed("c", {5: 1, 6: 2}, yearly=9)  # rises to 2, reaches nothing
    placed("d", {9: 3}, yearly=40)  # conforms already, would rise to 4
    placed("e", {5: None, 6: 2}, yearly=3)
    found = {one.criterion: one for one in picture.bottlenecks(
        picture.standings(model), documents.read(model.definition))}  # fmt: skip
    five, six, nine = found[5], found[6], found[9]
    assert (five.services, five.cases) == (3, 579)
    assert (five.rises, five.rising_cases, five.conforms, five.conforming_cases) == (2, 509, 1, 500)
    assert (six.services, six.rises, six.conforms, six.conforming_cases) == (2, 1, 1, 3)
    assert (nine.services, nine.rises, nine.conforms) == (1, 1, 0)
    assert found[1].services == 0


def test_bottlenecks_agree_with_lifting_each_criterion_by_hand(placed, model):
    rng = random.Random(3)
    for number in range(40):
        scores = {no: rng.choice([0, 1, 2, 3, 4, 4, 4, None]) for no in range(2, 11)}
        placed(f"s{number}", scores, yearly=rng.randrange(1000))
    rows = picture.standings(model)
    found = picture.bottlenecks(rows, documents.read(model.definition))
    for one in found:
        rises = conforms = cases = 0
        for row in rows:
            if row.scores.get(one.criterion) is None:
                continue
            level = min(value for value in {**row.scores, one.criterion: 4}.values()
                        if value is not None)  # fmt: skip
            rises += level > row.level
            if row.level < 3 <= level:
                conforms, cases = conforms + 1, cases + row.yearly
        assert (one.rises, one.conforms, one.conforming_cases) == (rises, conforms, cases)


def test_packages_hold_every_service_below_conformity_once(placed, model):
    placed("a", {5: 2, 6: 2}, yearly=70)
    placed("b", {5: 1, 6: 2, 9: 3}, yearly=30)
    placed("c", {5: 2}, yearly=500)
    placed("d", {9: 3}, yearly=1)
    found = picture.packages(picture.standings(model), documents.read(model.definition))
    assert [(one.criteria, one.services, one.cases) for one in found] == [
        ((5,), 1, 500), ((5, 6), 2, 100)]  # fmt: skip


def test_the_past_is_told_as_it_was(placed, model):
    day = timedelta(days=1)
    now = clock.now()
    old = placed("a", {2: 1}, at=now - 100 * day)
    Assessment.objects.filter(pk=old.pk).update(state="superseded", superseded=now - 10 * day)
    placed("a", {2: 3}, at=now - 10 * day)
    placed("b", {}, at=now - 5 * day)
    found = comparing.compare(
        model, documents.read(model.definition),
        timezone.localdate(now - 50 * day), timezone.localdate(now),
    )  # fmt: skip
    assert [(m.service.slug, m.before, m.after, m.kind) for m in found.moves] == [
        ("a", 1, 3, "up"), ("b", None, 4, "new")]  # fmt: skip
    assert found.before.measured == 1
    past = picture.history(model, 3)
    assert past[-1][1:] == (2, 2)
    assert all(held == 0 for at, _all, held in past if at < now - 10 * day)
    assert past[0][0] >= now - 101 * day


def test_levels_of_another_version_do_not_count(placed, model, make):
    placed("a", {})
    other = type(model).objects.get(slug="ozg", version="2.0")
    assert [one.level for one in picture.standings(other)] == [None]


def test_the_lowest_criteria_are_those_that_hold_a_service_down():
    row = Standing(number=1, slug="a", title="A", title_en="", department=None, office="",
                   office_en="", yearly=1, level=2, scores={1: 4, 2: 2, 3: None, 5: 2})  # fmt: skip
    assert row.blocking == (2, 5)
    assert scoring.lifted(row.scores, [2]) == 2
    assert scoring.lifted(row.scores, [2, 5]) == 4
