"""The rules of play, for any number of players and any results."""

import itertools
import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.systems.esports.logic import ages, elimination, matching, swiss
from stadtkern.systems.esports.logic.swiss import Played


def can_pair(players: list[int], met: set[frozenset[int]]) -> bool:
    """The slow way: try everything."""
    if not players:
        return True
    first, *rest = players
    return any(
        frozenset((first, other)) not in met and can_pair([p for p in rest if p != other], met)
        for other in rest
    )


@settings(max_examples=60, deadline=None)
@given(players=st.integers(2, 11), seed=st.integers(0, 10_000), rounds=st.integers(1, 8))
def test_everybody_plays_nobody_twice_while_possible_and_byes_come_once(players, seed, rounds):
    rng = random.Random(seed)
    seeds = {player: player for player in range(1, players + 1)}
    played: list[Played] = []
    met: set[frozenset[int]] = set()
    byes: list[int] = []
    for _ in range(rounds):
        lines = swiss.table(seeds, played)
        drawn = swiss.pair(lines)
        sat = [p for pair in drawn.pairs for p in pair] + ([drawn.bye] if drawn.bye else [])
        assert sorted(sat) == sorted(seeds)
        assert (drawn.bye is None) == (players % 2 == 0)
        if drawn.bye:
            assert byes.count(drawn.bye) == min(byes.count(p) for p in seeds)
        again = [pair for pair in drawn.pairs if frozenset(pair) in met]
        if again:
            resting = [p for p in seeds if byes.count(p) == min(byes.count(q) for q in seeds)]
            free = [[p for p in seeds if p != r] for r in resting] if players % 2 else [[*seeds]]
            assert not any(can_pair(one, met) for one in free)
        for a, b in drawn.pairs:
            met.add(frozenset((a, b)))
            played.append(Played(a=a, b=b, winner=rng.choice((a, b, None))))
        if drawn.bye:
            byes.append(drawn.bye)
            played.append(Played(a=drawn.bye, b=None, winner=drawn.bye))
    assert sum(line.points for line in swiss.table(seeds, played)) == 2 * len(played)


def test_the_table_goes_by_points_then_buchholz_then_wins_then_seed():
    played = [Played(a=1, b=2, winner=1), Played(a=3, b=4, winner=3), Played(a=1, b=3, winner=1),
              Played(a=2, b=4, winner=2)]  # fmt: skip
    table = swiss.table({1: 1, 2: 2, 3: 3, 4: 4}, played)
    assert [(one.player, one.points, one.buchholz) for one in table] == [
        (1, 4, 4), (2, 2, 4), (3, 2, 4), (4, 0, 4),
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 9), seed=st.integers(0, 10_000), dense=st.floats(0.1, 0.9))
def test_the_matching_is_as_large_as_trying_everything_finds(size, seed, dense):
    rng = random.Random(seed)
    edges = [e for e in itertools.combinations(range(size), 2) if rng.random() < dense]
    may = {i: {b if a == i else a for a, b in edges if i in (a, b)} for i in range(size)}
    mate = matching.largest(size, may)
    assert all(
        other == -1 or (mate[other] == i and other in may[i]) for i, other in enumerate(mate)
    )

    def best(left: frozenset[int]) -> int:
        usable = [e for e in edges if left >= set(e)]
        return max((1 + best(left - set(e)) for e in usable[:1]), default=0) if not usable else max(
            best(left - {usable[0][0]}),
            *(1 + best(left - set(e)) for e in usable if usable[0][0] in e),
        )  # fmt: skip

    assert sum(one != -1 for one in mate) == 2 * best(frozenset(range(size)))


@pytest.mark.parametrize("players", range(2, 40))
def test_a_bracket_has_everybody_once_and_gives_byes_to_the_best(players):
    pairs = elimination.first_round(list(range(1, players + 1)))
    sat = [p for pair in pairs for p in pair if p]
    assert sorted(sat) == list(range(1, players + 1))
    byes = [a or b for a, b in pairs if not (a and b)]
    assert sorted(byes) == list(range(1, len(byes) + 1))
    assert len(pairs) == 2 ** (elimination.rounds_for(players) - 1)


def test_the_first_two_seeds_meet_in_the_final_alone():
    half = elimination.order(16)[:8]
    assert 1 in half
    assert 2 not in half
    assert elimination.order(8) == [1, 8, 4, 5, 2, 7, 3, 6]


@pytest.mark.parametrize(
    ("year", "rating", "plays", "guardian"),
    [(2014, 12, False, True), (2013, 12, True, True), (2010, 16, False, True),
     (2009, 16, True, False), (2020, 0, True, True)],
)  # fmt: skip
def test_the_year_of_birth_decides_on_the_safe_side(year, rating, plays, guardian):
    day = date(2026, 11, 23)
    assert ages.may_play(year, rating, day) is plays
    assert ages.needs_guardian(year, day) is guardian
