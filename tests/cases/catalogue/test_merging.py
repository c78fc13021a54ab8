"""News from a source never overwrites what the city wrote without saying so."""

import itertools

import pytest

from stadtkern.kernel.cases.catalogue.merging import merge

VALUES = ("", "a", "b", "c")


@pytest.mark.parametrize(("ours", "base", "theirs"), itertools.product(VALUES, repeat=3))
def test_a_local_edit_is_only_lost_where_somebody_asked_for_it(ours, base, theirs):
    found = merge({"k": ours}, {"k": base}, {"k": theirs})
    result = found.take.get("k", ours)
    edited, news = ours != base, theirs != base
    if edited:
        assert result == ours
    else:
        assert result == theirs
    # Three different texts are a conflict, and nothing else is.
    assert bool(found.conflicts) == (edited and news and ours != theirs)


def test_a_conflict_is_shown_again_until_somebody_decides():
    first = merge({"k": "ours"}, {"k": "old"}, {"k": "new"})
    assert merge({"k": "ours"}, first.base, {"k": "new"}).conflicts
    kept = merge({"k": "ours"}, first.base, {"k": "new"}, side="ours")
    assert not kept.take
    assert not merge({"k": "ours"}, kept.base, {"k": "new"}).conflicts
    taken = merge({"k": "ours"}, first.base, {"k": "new"}, side="theirs")
    assert taken.take == {"k": "new"}


def test_what_the_source_does_not_tell_stays():
    assert merge({"words": "mine"}, {}, {"title": "x"}).take == {"title": "x"}
