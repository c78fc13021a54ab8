"""A knock-out: who meets whom first, so that the best meet last; byes go to the best."""

from collections.abc import Sequence


def size_for(players: int) -> int:
    """Places of the first round: the next power of two, at least two."""
    return max(2, 1 << (players - 1).bit_length())


def rounds_for(players: int) -> int:
    """How many rounds there are."""
    return size_for(players).bit_length() - 1


def order(size: int) -> list[int]:
    """Seeds by place in the first round (1 the best): 1 and 2 can meet in the final alone."""
    seeds = [1]
    while len(seeds) < size:
        last = len(seeds) * 2 + 1
        seeds = [seed for one in seeds for seed in (one, last - one)]
    return seeds


def first_round(players: Sequence[int]) -> list[tuple[int | None, int | None]]:
    """Pairs of players in the order of their seeds; None where a place stays empty: a bye."""
    places = [players[seed - 1] if seed <= len(players) else None
              for seed in order(size_for(len(players)))]  # fmt: skip
    return list(zip(places[::2], places[1::2], strict=True))
