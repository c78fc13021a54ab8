"""Words as people type them: umlauts, capitals and accents make no difference."""

import re
from unicodedata import combining, normalize

FOLDS = {"ß": "ss", "ae": "a", "oe": "o", "ue": "u"}
WORD = re.compile(r"\w+")
NUMBER = re.compile(r"(\d{1,12})", re.ASCII)
MOST = 8

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
    """Whether every word of the query is part of one of the texts."""
    within = " ".join(fold(text) for text in texts)
    return all(fold(term) in within for term in query)


def sort_key(text: object) -> tuple[list[tuple[int, str]], str]:
    """German order, counted as people count: Äpfel beside Apfel, Platz 2 before Platz 10."""
    plain = "".join(c for c in normalize("NFKD", str(text).casefold()) if not combining(c))
    parts = NUMBER.split(plain.replace("ß", "ss"))
    return ([(int(p), "") if p.isdecimal() else (-1, p) for p in parts], str(text))
