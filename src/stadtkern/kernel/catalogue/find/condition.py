"""Words and a box as conditions in SQL, over `d` (dataset), `e` (entry) and `p` (publisher)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from stadtkern.kernel.catalogue.find import synonyms
from stadtkern.kernel.catalogue.find.asked import Asked
from stadtkern.kernel.catalogue.find.vocabulary import Vocabulary
from stadtkern.kernel.catalogue.find.words import WORD, fold, terms

FROM: Final = """
catalogue_dataset d
join catalogue_entry e on e.dataset_id = d.id
join catalogue_publisher p on p.id = d.publisher_id
"""
# Shorter words are meant as they are: `Rad` must not find `Radio`.
SHORTEST_BEGINNING = 4
# A synonym nobody typed: `Park` for a green space must not bring car parks.
SHORTEST_KIN = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A text search: a condition, and how well a dataset fits; each with its values."""

    condition: str = "true"
    values: tuple[Any, ...] = ()
    rank: str = "0"
    rank_values: tuple[Any, ...] = ()


def words(text: str, known: Vocabulary) -> Words:
    """Every word must be there: itself, its beginning, a part of a word, or its synonyms."""
    said = [term for term in terms(text) if not synonyms.says_nothing(term)] or terms(text)
    if not said:
        return Words()
    queries = [_query(term, known) for term in said]
    conditions = [f"e.words @@ ({query})" for query, _ in queries]
    itself = " || ".join(["to_tsquery('pg_catalog.german', %s)"] * len(said))
    values = tuple(value for _, told in queries for value in told)
    anything = " || ".join(f"({query})" for query, _ in queries)
    return Words(
        condition=" and ".join(conditions),
        values=values,
        # What was typed counts more than its kin.
        rank=f"ts_rank(e.words, {anything}) + 2 * ts_rank(e.words, {itself})",
        rank_values=(*values, *map(_beginning, said)),
    )


def _query(term: str, known: Vocabulary) -> tuple[str, list[str]]:
    """A tsquery of a word with its parts and its kin, and the values of it."""
    kin = [WORD.findall(other) for other in synonyms.others(term)]
    german = [_beginning(term), _beginning(fold(term)), *known.holding(term)]
    german += [_beginning(one, SHORTEST_KIN) for one, *more in kin if not more]
    phrases = [" ".join(several) for several in kin if len(several) > 1]
    parts = [
        *["to_tsquery('pg_catalog.german', %s)"] * len(german),
        "to_tsquery('pg_catalog.english', %s)",
        *["phraseto_tsquery('pg_catalog.german', %s)"] * len(phrases),
    ]
    return " || ".join(parts), [*german, _beginning(term), *phrases]


def _beginning(word: str, shortest: int = SHORTEST_BEGINNING) -> str:
    return f"{word}:*" if len(word) >= shortest else word


def touches(asked: Asked) -> tuple[str, Sequence[float]]:
    """Datasets whose area touches the box; without one, all."""
    if asked.box is None:
        return "true", ()
    west, south, east, north = asked.box
    condition = "(e.west <= %s and e.east >= %s and e.south <= %s and e.north >= %s)"
    return condition, (east, west, north, south)
