"""Words as people type them: umlauts, capitals and accents make no difference."""

import re
from unicodedata import combining, normalize

FOLDS = {"ß": "ss", "ae": "a", "oe": "o", "ue": "u"}
WORD = re.compile(r"\w+")
NUMBER = re.compile(r"(\d{1,12})", re.ASCII)
MOST = 8
# Words so short are meant as whole words: the P and R of “P+R” are in nearly every text.
SHORT = 2

# The same folding in SQL, over the usual letters.
SQL_FROM, SQL_TO = "äöüàáâçèéêëíîñóôúû", "aouaaaceeeeiinoouu"


def fold(text: object) -> str:
    """`Bürgerämter`, `BUERGERAEMTER` and `burgeramter` become one; only for comparing."""
    plain = "".join(c for c in normalize("NFKD", str(text).casefold()) if not combining(c))
    for letters, one in FOLDS.items():
        plain = plain.replace(letters, one)
    return plain


def terms(query: str) -> list[str]:
    """The words of a query, as typed."""
    return WORD.findall(query)[:MOST]


def matches(query: list[str], *texts: object) -> bool:
    """Whether every word of the query is part of the texts; a very short one a whole word."""
    within = " ".join(fold(text) for text in texts)
    whole = set(WORD.findall(within))
    return all(one in whole if len(one) <= SHORT else one in within for one in map(fold, query))


def sort_key(text: object) -> tuple[list[tuple[int, str]], str]:
    """German order, counted as people count: Äpfel beside Apfel, Platz 2 before Platz 10."""
    plain = "".join(c for c in normalize("NFKD", str(text).casefold()) if not combining(c))
    parts = NUMBER.split(plain.replace("ß", "ss"))
    return ([(int(p), "") if p.isdecimal() else (-1, p) for p in parts], str(text))
