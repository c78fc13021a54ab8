"""Words as people type them, made alike before they are compared."""

import re
from typing import Final
from unicodedata import combining, normalize

LETTERS: Final = {"ß": "ss", "ae": "a", "oe": "o", "ue": "u"}
WORD: Final = re.compile(r"[^\W_]+")
ENDING: Final = re.compile(r"(?:innen|en|er|es|e|n|s)$")
MOST = 8
LONGEST = 200
SHORTEST_STEM = 4


def fold(text: str) -> str:
    """`Bürgerämter`, `BUERGERAEMTER` and `burgeramter` become one, as `catalogue_fold` in SQL."""
    plain = "".join(c for c in normalize("NFKD", text.casefold()) if not combining(c))
    for letters, one in LETTERS.items():
        plain = plain.replace(letters, one)
    return plain


def terms(text: str) -> list[str]:
    """The words of a query as typed, each once, the first few."""
    return list(dict.fromkeys(WORD.findall(text[:LONGEST])))[:MOST]


def stem(word: str) -> str:
    """A folded word without its ending, so that singular and plural meet."""
    folded = fold(word)
    short = ENDING.sub("", folded)
    return short if len(short) >= SHORTEST_STEM else folded
