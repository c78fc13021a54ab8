"""A backlog is read in pieces, and no id is left out or read twice."""

from hypothesis import given
from hypothesis import strategies as st

from stadtkern.kernel.sensorthings.live.spans import HIGHEST
from stadtkern.kernel.sensorthings.live.tail import LOOKED_AT, _begun, united

FEW = st.tuples(st.integers(1, 40_000), st.integers(0, 12_000)).map(lambda s: (s[0], sum(s)))


def ids(spans):
    return {number for first, last in spans for number in range(first, last + 1)}


@given(st.lists(FEW, max_size=6))
def test_a_piece_and_what_is_left_are_the_whole(spans):
    whole = united(spans)
    begun, left = _begun(whole)
    assert sum(last - first + 1 for first, last in begun) <= LOOKED_AT
    assert not ids(begun) & ids(left)
    assert ids(begun) | ids(left) == ids(whole)
    assert not left or max(ids(begun)) < min(ids(left))


def test_what_has_no_end_is_asked_as_it_is():
    assert _begun([(3, 5), (9, HIGHEST)]) == ([(3, 5), (9, HIGHEST)], [])
    first, left = _begun([(1, LOOKED_AT + 1), (LOOKED_AT + 9, HIGHEST)])
    assert first == [(1, LOOKED_AT)]
    assert left == [(LOOKED_AT + 1, LOOKED_AT + 1), (LOOKED_AT + 9, HIGHEST)]
