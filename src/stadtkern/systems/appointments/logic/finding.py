"""Which service somebody means who writes everyday words."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from stadtkern.systems.appointments.models import Service

SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
# Fewer letters match too much when one may be wrong.
LONG_ENOUGH = 5


def plain(text: str) -> str:
    """Small letters without accents; umlauts spelt out."""
    spelt = text.lower().translate(SPELT)
    return "".join(c for c in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(c))


def words_of(text: str) -> list[str]:
    """The words of a text."""
    return re.findall(r"[a-z0-9]+", plain(text))


def find(text: str, services: Iterable[Service]) -> list[Service]:
    """Services that fit all words, the best first; with one letter wrong if nothing else fits."""
    asked = words_of(text)
    every = list(services)
    if not asked:
        return every
    return _ranked(asked, every, exact=True) or _ranked(asked, every, exact=False)


def _ranked(asked: Sequence[str], services: Sequence[Service], *, exact: bool) -> list[Service]:
    scored = []
    for one in services:
        title = words_of(f"{one.name} {one.name_en}")
        more = words_of(f"{one.words} {one.words_en} {one.about} {one.about_en}")
        scores = [_score(word, title, more, exact=exact) for word in asked]
        if all(scores):
            scored.append((-sum(scores), one.weight, one.name, one))
    scored.sort(key=lambda row: row[:3])
    return [row[3] for row in scored]


def _score(word: str, title: Sequence[str], more: Sequence[str], *, exact: bool) -> int:
    if any(word in one if len(word) > 3 else one.startswith(word) for one in title):
        return 3
    if any(one.startswith(word) or (len(word) > 4 and word in one) for one in more):
        return 2
    if not exact and len(word) >= LONG_ENOUGH:
        return int(any(_has_near(word, one) for one in (*title, *more)))
    return 0


def _has_near(word: str, long: str) -> bool:
    """Whether a word, or a part of a compound, is written so but for one letter."""
    last = max(1, len(long) - len(word) + 2)
    return any(_is_near(word, long[n : n + len(word) + 1]) for n in range(last))


def _is_near(a: str, b: str) -> bool:
    """Whether one change makes the one begin as the other."""
    if abs(len(a) - len(b)) > 1 or not b:
        return False
    i = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rests = ((a[i + 1 :], b[i + 1 :]), (a[i + 1 :], b[i:]), (a[i:], b[i + 1 :]))
    swapped = a[i : i + 2] == b[i : i + 2][::-1] and a[i + 2 :] == b[i + 2 : len(a)]
    return swapped or any(x == y[: len(x)] for x, y in rests)
