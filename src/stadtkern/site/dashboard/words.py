"""Words as people type them: umlauts, capitals and accents make no difference."""

import re
from unicodedata import combining, normalize

FOLDS = {"ß": "ss", "ae": "a", "oe": "o", "ue": "u"}
WORD = re.compile(r"\w+")
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


def sort_key(text: object) -> tuple[str, str]:
    """German order: Äpfel beside Apfel, before Zoo."""
    plain = "".join(c for c in normalize("NFKD", str(text).casefold()) if not combining(c))
    return (plain.replace("ß", "ss"), str(text))
