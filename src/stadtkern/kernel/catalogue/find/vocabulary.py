"""The words of the catalogue as they are written: for parts of words, for typing, for typos."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from stadtkern.kernel.catalogue.find.words import WORD, fold, stem

MOST_PARTS = 20
SHORTEST = 4
# Below this likeness (0 to 1) a word is another word, not a typo.
ALIKE: Final = 0.72
State = tuple[int, datetime | None]

STATE = """
select count(*), max(e.written) from catalogue_entry e
join catalogue_dataset d on d.id = e.dataset_id where d.state = 'published'
"""
NAMES = """
select e.names from catalogue_entry e
join catalogue_dataset d on d.id = e.dataset_id where d.state = 'published'
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """Folded words with their most common spelling, the most frequent first."""

    state: State
    words: Mapping[str, str]

    def holding(self, term: str) -> list[str]:
        """Folded words that have this term inside: `Belegung` is in `Parkplatzbelegung`."""
        part = stem(term)
        if len(part) < SHORTEST:
            return []
        found = (word for word in self.words if part in word and not word.startswith(part))
        return [word for word, _ in zip(found, range(MOST_PARTS), strict=False)]

    def beginning(self, typed: str, most: int = 8) -> list[str]:
        """Words that begin so, as they are written."""
        start = fold(typed)
        found = (said for word, said in self.words.items() if word.startswith(start))
        return [said for said, _ in zip(found, range(most), strict=False)]

    def nearest(self, term: str) -> str:
        """The word that was probably meant; empty where none is alike, or it is known."""
        word = fold(term)
        if len(word) < SHORTEST or word in self.words:
            return ""
        found = process.extractOne(
            word,
            self.words.keys(),
            scorer=DamerauLevenshtein.normalized_similarity,
            score_cutoff=ALIKE,
        )
        return self.words[found[0]] if found else ""


_known: Vocabulary = Vocabulary(state=(0, None), words={})


def vocabulary() -> Vocabulary:
    """That of all published datasets; read again when one of them has changed."""
    global _known
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        count, written = cursor.fetchone()
        if (count, written) != _known.state:
            cursor.execute(NAMES)
            names = [row[0] for row in cursor.fetchall()]
            _known = Vocabulary(state=(count, written), words=_counted(names))
    return _known


def _counted(names: Iterable[str]) -> Mapping[str, str]:
    spellings: dict[str, Counter[str]] = {}
    for text in names:
        for word in WORD.findall(text):
            if not word.isdecimal():
                spellings.setdefault(fold(word), Counter())[word] += 1
    order: Sequence[str] = sorted(spellings, key=lambda word: (-spellings[word].total(), word))
    return {word: spellings[word].most_common(1)[0][0] for word in order}
