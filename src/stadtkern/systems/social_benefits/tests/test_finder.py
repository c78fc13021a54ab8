"""The finder's order of benefits, against households that were judged by hand."""

import pytest

from stadtkern.systems.social_benefits.logic.benefits import book, questions
from stadtkern.systems.social_benefits.logic.finding import find
from stadtkern.systems.social_benefits.tests.stories import PLAIN, STORIES


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story[0])
def test_a_household_is_told_what_may_fit_in_the_order_of_the_law(story):
    _words, answers, fits, unclear, against = story
    said = {one.benefit.slug: one.standing for one in find({**PLAIN, **answers})}
    assert [slug for slug, standing in said.items() if standing == "fits"] == fits
    assert {slug: said[slug] for slug in unclear} == dict.fromkeys(unclear, "open")
    assert {slug: said[slug] for slug in against} == dict.fromkeys(against, "against")


def test_there_are_enough_stories_and_benefits():
    assert len(STORIES) >= 40
    assert len(book().benefits) >= 25


def test_ranks_keep_to_what_comes_first_by_law():
    known = {one.slug: one.rank for one in book().benefits}
    assert len(set(known.values())) == len(known)
    for one in book().first:
        assert known[one.before] < known[one.after], one


def test_relations_name_their_source_and_are_not_called_checked_without_a_check():
    for one in (*book().excludes, *book().first):
        assert one.source
        assert one.checked is False
        assert one.as_of in ("", "2025")
    # Where it is not sure which comes first, no year makes it look so.
    [unsure] = [one for one in book().first
                if (one.before, one.after) == ("wohngeld", "grundsicherung-im-alter")]  # fmt: skip
    assert unsure.as_of == ""


def test_every_answer_that_a_rule_compares_with_can_be_given():
    fields = questions().fields()

    def tests_of(condition):
        for part in (*condition.all, *condition.any) if condition else ():
            yield from [part] if hasattr(part, "op") else tests_of(part)

    for rule in book().rules.values():
        for test in (*tests_of(rule.fits), *tests_of(rule.against)):
            options = {one.value for one in fields[test.field].options}
            wanted = test.value if isinstance(test.value, list) else [test.value]
            if options and test.op not in ("filled", "empty"):
                assert set(wanted) <= options, (rule.slug, test)


def test_nobody_is_told_both_to_receive_housing_in_another_benefit_and_housing_benefit():
    """Whatever else is said: the one exclusion that offices are asked about most."""
    for _words, answers, *_rest in STORIES:
        for have in ("buergergeld", "grundsicherung", "hlu"):
            said = {**PLAIN, **answers, "receives": [*answers.get("receives", []), have]}
            if "wohngeld" in said["receives"]:
                continue
            standing = {one.benefit.slug: one.standing for one in find(said)}
            assert standing["wohngeld"] == "against"


def test_hidden_answers_do_not_count():
    """Who went back and is of retirement age now is not judged by the answer about work."""
    said = find({**PLAIN, "age": "limit", "work": "yes", "job": "lost", "pregnant": True})
    standing = {one.benefit.slug: one.standing for one in said}
    assert standing["arbeitslosengeld"] == standing["elterngeld"] == "against"
    assert standing["grundsicherung-im-alter"] == "fits"


def test_every_verdict_gives_its_reasons_in_both_languages():
    for _words, answers, *_rest in STORIES:
        for one in find({**PLAIN, **answers}):
            assert one.reasons
            assert all(reason.text["de"] and reason.text["en"] for reason in one.reasons)
