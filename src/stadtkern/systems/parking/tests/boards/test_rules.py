"""What boards say of counts: examples by hand, and properties of whole histories."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.systems.parking.logic.boards import rules, signs
from stadtkern.systems.parking.logic.boards.faces import (
    Face,
    Line,
    Words,
    composed,
    face_of,
    plain,
    same,
    words_of,
)
from stadtkern.systems.parking.logic.boards.rules import Member, Memory, Said, Thresholds, Wish

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
OLDEST = timedelta(minutes=15)
LIMITS = Thresholds(low_below=0.15, low_above=0.20, full_below=0.02, full_above=0.05)
WISH = Wish(oldest=OLDEST)


def member(free, capacity=100, *, uid="nord", minutes=1, closed=False):
    at = None if minutes is None else NOW - timedelta(minutes=minutes)
    return Member(uid=uid, capacity=capacity, free=free, at=at, closed=closed, thresholds=LIMITS)


def said(*members, wish=WISH, before=None):
    return rules.say(members, NOW, wish, before or Memory())[0]


def told(frees, wish=WISH):
    """What is said one count after the other."""
    memory, found = Memory(), []
    for free in frees:
        what, memory = rules.say([member(free)], NOW, wish, memory)
        found.append((what.kind, what.number))
    return found


def test_a_board_follows_four_thresholds():
    """Filling: low under 15, full under 2 of 100. Emptying: full until 5, low until 20."""
    assert told([40, 15, 14, 2, 1, 4, 5, 19, 20]) == [
        ("number", 40), ("number", 15), ("low", 14), ("low", 2), ("full", None), ("full", None),
        ("low", 5), ("low", 19), ("number", 20),
    ]  # fmt: skip


def test_what_is_old_missing_or_closed_is_never_a_number():
    assert said(member(40, minutes=16)) == Said(kind="static")
    assert said(member(40, minutes=15)) == Said(kind="number", number=40)
    assert said(member(None)) == Said(kind="static")
    assert said(member(40, minutes=None)) == Said(kind="static")
    assert said(member(0, closed=True)) == Said(kind="closed")
    assert said(member(0)) == Said(kind="full")
    assert said() == Said(kind="static")


def test_a_sum_with_an_unknown_member_is_never_the_sum_with_zero():
    known, dark = member(143, 200), member(None, 165, uid="sued")
    assert said(known, dark) == Said(kind="static")
    partial = Wish(oldest=OLDEST, partial=True)
    assert said(known, dark, wish=partial) == Said(kind="at_least", number=143)
    # Nothing free here and nothing known there: neither full nor “at least 0”.
    assert said(member(0), dark, wish=partial) == Said(kind="static")
    # A closed one has nothing and is known to.
    shut = member(50, 165, uid="sued", closed=True)
    assert said(known, shut) == Said(kind="number", number=143)
    assert said(known, member(57, 100, uid="sued")) == Said(kind="number", number=200)


def test_small_changes_are_not_worth_a_message_unless_a_threshold_is_crossed():
    calm = Wish(oldest=OLDEST, step=5)
    assert told([50, 53, 47, 46, 45, 60], calm) == [
        ("number", 50), ("number", 50), ("number", 50), ("number", 50), ("number", 45),
        ("number", 60),
    ]  # fmt: skip
    # From 16 to 14 is less than a step, but low begins in between; there every count is exact.
    assert told([16, 14, 13, 20], calm) == [
        ("number", 16), ("low", 14), ("low", 13), ("number", 20)
    ]  # fmt: skip


def test_impossible_counts_are_clipped():
    assert said(member(170, 165)) == Said(kind="number", number=165)
    assert said(member(-3)) == Said(kind="full")


counts = st.one_of(st.none(), st.integers(-20, 400))
ages = st.one_of(st.none(), st.integers(0, 60))
members = st.lists(
    st.builds(
        lambda free, capacity, minutes, closed: member(
            free, capacity, minutes=minutes, closed=closed
        ),
        counts, st.integers(0, 300), ages, st.booleans(),
    ),
    max_size=4,
)  # fmt: skip
histories = st.lists(members, min_size=1, max_size=12)
wishes = st.builds(
    lambda step, partial: Wish(oldest=OLDEST, step=step, partial=partial),
    st.integers(1, 10), st.booleans(),
)  # fmt: skip


@given(histories, wishes)
@settings(max_examples=150, deadline=None)
def test_never_a_stale_number_and_never_more_than_there_are(history, wish):
    memory = Memory()
    for at_once in history:
        what, memory = rules.say(at_once, NOW, wish, memory)
        open_ = [one for one in at_once if not one.closed]
        fresh = [
            one for one in open_
            if one.free is not None and one.at is not None and NOW - one.at <= OLDEST
        ]  # fmt: skip
        if what.number is not None:
            assert fresh
            assert 0 < what.number <= sum(one.capacity for one in fresh)
        if what.kind in ("number", "low", "full"):
            assert len(fresh) == len(open_) > 0
        if what.kind == "number":
            # As near to the truth as the step allows.
            truth = sum(min(max(one.free, 0), one.capacity) for one in fresh)
            assert abs(what.number - truth) < max(wish.step, 1)
        if what.kind == "closed":
            assert not open_


@given(st.lists(st.integers(0, 100), min_size=2, max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_board_never_flaps_more_than_the_count_crosses(frees):
    """Every change of the word needs the count to cross the whole of a hysteresis band."""
    kinds = [kind for kind, _ in told(frees)]
    changes = sum(a != b for a, b in pairwise(kinds))
    assert changes <= crossings(frees, 15, 20) + crossings(frees, 2, 5)


def crossings(frees, low, high):
    """How often a walk goes from below `low` to at least `high`, or back; an oracle of its own."""
    side, crossed = None, 0
    for free in frees:
        now = "under" if free < low else "over" if free >= high else None
        if now and side and now != side:
            crossed += 1
        # What begins between the thresholds is called by the better name, so it is over.
        side = now or side or "over"
    return crossed


@pytest.mark.parametrize(
    ("frees", "words"), [([100, 14, 19, 14, 19, 14, 20], 3), ([100, 1, 4, 1, 4, 5], 3)]
)
def test_a_count_that_flutters_inside_a_band_changes_nothing(frees, words):
    kinds = [kind for kind, _ in told(frees)]
    assert len([a for a, b in zip(kinds, [None, *kinds], strict=False) if a != b]) == words


def test_a_board_shines_by_the_clock():
    at = (time(6, 30), time(20, 30), 100, 30)
    assert rules.light(time(6, 29), *at) == 30
    assert rules.light(time(6, 30), *at) == 100
    assert rules.light(time(20, 29), *at) == 100
    assert rules.light(time(20, 30), *at) == 30


WORDS = Words(low="wenige", full="besetzt", closed="geschlossen", least="mind.")


def test_a_line_is_set_into_the_room_of_its_board():
    assert composed("Bahnhof", "42", 16) == "Bahnhof       42"
    assert composed("P+R Wanne-Eickel Hbf", "besetzt", 16) == "P+R Wann besetzt"
    assert composed("", "P+R", 16) == "P+R"
    assert composed("Zentrum", "", 5) == "Zentr"
    assert plain("Süd\t→ 4\x00") == "Süd ? 4"
    assert words_of(Said(kind="low", number=4), WORDS, "P+R", 16) == "wenige"
    assert words_of(Said(kind="at_least", number=4), WORDS, "P+R", 16) == "mind. 4"
    assert words_of(Said(kind="at_least", number=143), WORDS, "P+R", 8) == "P+R", "not “mind. 14”"
    assert words_of(Said(kind="static"), WORDS, "P+R", 16) == "P+R"
    exact = Words(low="", full="besetzt", closed="zu", least="mind.")
    assert words_of(Said(kind="low", number=4), exact, "P+R", 16) == "4"


@given(st.text(max_size=20), st.text(max_size=12), st.integers(6, 32))
@settings(max_examples=100, deadline=None)
def test_no_line_is_wider_than_its_board_and_the_value_stays_whole(label, right, width):
    line = composed(label, right, width)
    assert len(line) <= width
    line.encode("latin-1")
    if plain(right).strip() and len(plain(right)) <= width and plain(label):
        assert line.endswith(plain(right))


def test_an_answer_of_a_board_is_read_with_care():
    wanted = Face(lines=(Line(text="A", arrow="left"),), brightness=30)
    assert face_of(wanted.kept()) == wanted
    padded = {"lines": [{"text": "A   ", "arrow": "left"}, {"text": "", "arrow": ""}]}
    assert same(face_of(padded), wanted)
    assert not same(face_of({"lines": [{"text": "A", "arrow": "right"}]}), wanted)
    assert face_of({"lines": "A"}) is None
    odd = {"lines": ["x", {"text": 5, "arrow": 9}], "brightness": 500}
    assert face_of(odd) == Face(lines=(Line(text="5"),), brightness=100)


# Signs. A driver comes from the north; Nord is near, Süd is 300 m farther.


def signed(nord, sued, before=""):
    candidates = [
        signs.Candidate(member=member(nord[0], uid="nord", **nord[1]), metres=800),
        signs.Candidate(member=member(sued[0], uid="sued", **sued[1]), metres=1100),
    ]
    memory = before if isinstance(before, Memory) else Memory(chosen=before)
    choice, memory = signs.choose(candidates, NOW, OLDEST, memory)
    return (choice and (choice.uid, choice.useful)), memory


def test_a_sign_points_to_the_nearest_with_room_and_passes_over_the_rest():
    free, full, dark, shut = (40, {}), (0, {}), (None, {}), (40, {"closed": True})
    assert signed(free, free)[0] == ("nord", True)
    assert signed(full, free)[0] == ("sued", True)
    assert signed(shut, free)[0] == ("sued", True)
    assert signed(dark, free)[0] == ("sued", True)
    # Little room is worth a way of 400 m more.
    assert signed((10, {}), free)[0] == ("sued", True)
    assert signed((10, {}), (10, {}))[0] == ("nord", True)
    # Nobody knows of room: no promise. All full: no direction.
    assert signed(full, dark)[0] == ("sued", False)
    assert signed(full, shut)[0] is None


def test_traffic_is_not_sent_to_and_fro():
    """It fills and empties by single cars round a threshold; the sign turns twice."""
    memory, way = Memory(), []
    for free in (30, 10, 1, 3, 1, 4, 2, 3, 5, 10, 14, 19, 16, 25):
        choice, memory = signed((free, {}), (60, {}), memory)
        way.append(choice[0])
    turns = sum(a != b for a, b in pairwise(way))
    assert way[0] == "nord"
    assert way[-1] == "nord"
    assert turns == 2
    # A car park that is only a little nearer is no reason to turn.
    assert signed((40, {}), (40, {}), "sued")[0] == ("nord", True)
    close = [
        signs.Candidate(member=member(40, uid="nord"), metres=1000),
        signs.Candidate(member=member(40, uid="sued"), metres=1100),
    ]
    choice, _ = signs.choose(close, NOW, OLDEST, Memory(chosen="sued"))
    assert choice.uid == "sued"


@given(
    st.lists(st.tuples(counts, ages, st.booleans()), min_size=1, max_size=5),
    st.sampled_from(["", "p0", "p3"]),
)
@settings(max_examples=150, deadline=None)
def test_a_sign_promises_room_only_where_it_is_known(rows, before):
    candidates = [
        signs.Candidate(
            member=member(free, uid=f"p{i}", minutes=minutes, closed=closed), metres=100.0 * i
        )
        for i, (free, minutes, closed) in enumerate(rows)
    ]
    choice, _ = signs.choose(candidates, NOW, OLDEST, Memory(chosen=before))
    by_uid = {one.member.uid: one.member for one in candidates}
    with_room = [
        uid for uid, one in by_uid.items()
        if not one.closed and (rules.known(one, NOW, OLDEST) or 0) >= 5
    ]  # fmt: skip
    if choice is not None and choice.useful:
        assert rules.known(by_uid[choice.uid], NOW, OLDEST) > 0
    if with_room:
        assert choice is not None
        assert choice.useful


def test_arrows_point_the_way_that_people_go():
    here = (7.2178, 51.5436)
    assert round(signs.bearing(here, (7.2178, 51.55))) == 0
    assert round(signs.bearing(here, (7.3, 51.5436))) == 90
    # One degree of latitude is 111.2 km.
    assert signs.metres((7.0, 51.0), (7.0, 52.0)) == pytest.approx(111_195, abs=10)
    assert signs.arrow(0, 0) == "ahead"
    assert signs.arrow(0, 90) == "right"
    assert signs.arrow(90, 0) == "left"
    assert signs.arrow(350, 10) == "ahead"
    assert signs.arrow(0, 45) == "half_right"
    assert signs.arrow(0, 315) == "half_left"
    assert signs.arrow(180, 0) == "back"
