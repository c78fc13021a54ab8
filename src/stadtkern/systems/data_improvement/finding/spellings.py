"""Categories that are written in several ways: `Friedhof`, `friedhof `, `Freidhof`."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

from rapidfuzz.distance import DamerauLevenshtein

from stadtkern.systems.data_improvement.finding.frame import Found, Table, World, text_of
from stadtkern.systems.data_improvement.finding.streets import looks_like, parsed

KINDS = 200
LEAST = 8
# A rare spelling is at most this share of the usual one.
RARE = 0.2
FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
ENDINGS = ("en", "er", "e", "n", "s", "in", "innen")


def find(table: Table, _world: World) -> Iterator[Found]:
    """One proposal for each spelling that should be another one."""
    for one in table.of_kind("text"):
        values = [text_of(value) for value in table.values(one.slug)]
        raw = table.values(one.slug)
        counted = Counter(value for value in values if value)
        if not is_category(counted):
            continue
        for wrong, right, method, strength in pairs(counted):
            cells = [
                (number, one.slug, raw[number - 1], right)
                for number, value in enumerate(values, start=1) if value == wrong
            ]  # fmt: skip
            yield Found(
                kind="spelling", method=method, action="set", column=one.slug, cells=cells,
                reason=f"spelling.{method}", strength=strength,
                said={"old": wrong, "new": right, "count": counted[right]},
            )  # fmt: skip


def is_category(counted: Mapping[str, int]) -> bool:
    """Whether values repeat as those of a category do; names and addresses do not."""
    total, kinds = sum(counted.values()), len(counted)
    if total < LEAST or kinds < 2 or kinds > KINDS or kinds > 0.5 * total:
        return False
    if sum(looks_like(one) and bool(parsed(one).number) for one in counted) > 0.3 * kinds:
        return False
    words = [one for one in counted if any(sign.isalpha() for sign in one)]
    return len(words) > 0.6 * kinds and sum(map(len, words)) / len(words) < 45


def folded(text: str) -> str:
    """One form for small and large letters, umlauts, blanks, hyphens and full stops."""
    plain = unicodedata.normalize("NFC", text).lower().translate(FOLD)
    return re.sub(r"[\s\-_./]+", " ", plain).strip()


def pairs(counted: Mapping[str, int]) -> Iterator[tuple[str, str, str, float]]:
    """Which spelling should be which, by what method, and how sure that looks (0 to 1)."""
    usual = _by_form(counted)
    for text, count in sorted(counted.items()):
        best = usual[folded(text)]
        if best != text:
            yield text, best, "form", count and min(1.0, counted[best] / (2 * count))
        elif found := _near(text, count, counted):
            yield text, *found


def _by_form(counted: Mapping[str, int]) -> dict[str, str]:
    """The most frequent way to write each form; of equals the first in order."""
    best: dict[str, str] = {}
    for text in sorted(counted, key=lambda one: (-counted[one], one)):
        best.setdefault(folded(text), text)
    return best


def _near(text: str, count: int, counted: Mapping[str, int]) -> tuple[str, str, float] | None:
    """The frequent spelling that a rare one is a slip away from; None where two compete."""
    found = []
    for other, many in counted.items():
        if many < 3 or count > RARE * many or other == text:
            continue
        away = DamerauLevenshtein.distance(folded(text), folded(other), score_cutoff=2)
        if away <= allowed(text) and not _other_word(text, other):
            found.append((away, -many, other))
    found.sort()
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    away, many, other = found[0]
    return other, "slip", min(1.0, (-many / max(1, count)) / 40 + (0.4 if away == 1 else 0.1))


def allowed(text: str) -> int:
    """How many letters may be wrong in a word of this length."""
    letters = len(folded(text))
    return 0 if letters < 5 else 1 if letters < 9 else 2


def _other_word(one: str, two: str) -> bool:
    """Whether they differ by what makes another word: a number, an ending, the first letter."""
    a, b = folded(one), folded(two)
    if re.sub(r"\D", "", a) != re.sub(r"\D", "", b) or a[0] != b[0]:
        return True
    short, long = sorted((a, b), key=len)
    return any(short + end == long for end in ENDINGS)
