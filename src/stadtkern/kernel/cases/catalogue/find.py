"""Which services somebody means who writes everyday words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from stadtkern.kernel.cases.catalogue.index import CALLED, Index, index, plain
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.catalogue.find import synonyms
from stadtkern.kernel.catalogue.find.words import LONGEST, WORD, fold, stem

MOST: Final = 30
MOST_TERMS: Final = 12
# How sure a match is, by its kind.
SAME, SAME_STEM, BEGINS, INSIDE, KIN = 1.0, 0.95, 0.75, 0.55, 0.5
# Below this likeness (0 to 1) a word is another word, not a typo.
ALIKE: Final = 0.78
SHORTEST_PART: Final = 4
SHORTEST_TYPO: Final = 5
# A service must answer so much of what was asked.
LEAST: Final = 0.45
# Below this part of the best score the rest of a list only confuses.
FAR_BEHIND: Final = 0.22
WHOLE, POPULAR = 4.0, 0.35
# What a word says that no service has: little, for people write more than they mean.
UNKNOWN: Final = 1.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A word of the query: how well each service fits, and how much the word says."""

    fits: Mapping[int, float]
    weight: float


def search(words: str, *, language: str = "de", most: int = MOST) -> list[Service]:
    """Services that are shown, best first, each with `reach` and department.

    Words of both languages are found; `language` says in which the words around them are that
    mean nothing. Empty where nothing fits.
    """
    numbers = [number for number, _score in ranked(words, language=language)[:most]]
    shown = Service.objects.filter(active=True).with_reach()
    rows = shown.select_related("department").in_bulk(numbers)
    return [rows[number] for number in numbers if number in rows]


def ranked(words: str, *, language: str = "de") -> list[tuple[int, float]]:
    """Ids with scores, best first; those far behind the best are left out."""
    known = index()
    said = terms(words, language=language)
    if not said:
        return []
    found = [_term(one, known) for one in said]
    scores = {number: _score(number, found, known) for number in {n for t in found for n in t.fits}}
    _add_whole(words, said, known, scores)
    order = sorted((pair for pair in scores.items() if pair[1] > 0), key=lambda p: (-p[1], p[0]))
    return [pair for pair in order if pair[1] >= FAR_BEHIND * order[0][1]]


def terms(words: str, *, language: str = "de") -> list[str]:
    """The folded words that say something; all of them where none does."""
    typed = list(dict.fromkeys(WORD.findall(fold(words[:LONGEST]))))
    empty = _fillers(language) | _fillers("de")
    telling = [one for one in typed if one not in empty and not synonyms.says_nothing(one)]
    return (telling or typed)[:MOST_TERMS]


def _term(term: str, known: Index) -> Term:
    fits: dict[int, float] = defaultdict(float)
    for word, sure in _matches(term, known).items():
        for number, place in known.words[word].items():
            fits[number] = max(fits[number], sure * place)
    return Term(fits=fits, weight=known.rare(fits) if fits else UNKNOWN)


def _matches(term: str, known: Index) -> dict[str, float]:
    """Words of the catalogue that this one may mean, and how sure that is."""
    own = stem(term)
    found = dict.fromkeys(known.stems.get(own, ()), SAME_STEM)
    for word in known.words:
        if len(own) >= SHORTEST_PART and own in word:
            sure = BEGINS if word.startswith(own) else INSIDE
            # A short piece of a long word says less than most of it.
            found[word] = max(found.get(word, 0), sure * (0.6 + 0.4 * len(own) / len(word)))
        elif len(word) > SHORTEST_PART and len(term) > len(word) and word in term:
            found[word] = max(found.get(word, 0), INSIDE * len(word) / len(term))
    if term in known.words:
        found[term] = SAME
    if max(found.values(), default=0) < BEGINS:
        found |= {word: sure for word, sure in _typos(term, known) if sure > found.get(word, 0)}
    for other in synonyms.others(term):
        for word in known.stems.get(stem(other), ()):
            found[word] = max(found.get(word, 0), KIN)
    return found


def _typos(term: str, known: Index) -> Sequence[tuple[str, float]]:
    if len(term) < SHORTEST_TYPO:
        return []
    near = process.extract(
        term, known.words.keys(), scorer=DamerauLevenshtein.normalized_similarity,
        score_cutoff=ALIKE, limit=5,
    )  # fmt: skip
    return [(word, 0.9 * alike) for word, alike, _ in near]


def _score(number: int, asked: Sequence[Term], known: Index) -> float:
    whole = sum(term.weight for term in asked)
    met = sum(term.weight * min(term.fits.get(number, 0) / CALLED, 1) for term in asked)
    covered = met / whole if whole else 0
    if covered < LEAST * min(1, 2 / len(asked)):
        return 0
    fit = sum(term.weight * term.fits.get(number, 0) for term in asked) / len(asked)
    return fit * (0.4 + 0.6 * covered) * (1 + POPULAR * known.often[number])


def _add_whole(words: str, said: Sequence[str], known: Index, scores: dict[int, float]) -> None:
    """What is called exactly as it was asked for comes first, the more often wanted before."""
    for name in {plain(words), " ".join(said)}:
        for number in known.phrases.get(name, ()):
            scores[number] = scores.get(number, 0) + WHOLE * (1 + POPULAR * known.often[number])


@cache
def _fillers(language: str) -> frozenset[str]:
    """Words that people write around what they want, folded; one line of the file a language."""
    text = files(__package__).joinpath("fillers.txt").read_text(encoding="utf-8")
    lines = (line.partition(":") for line in text.splitlines())
    found = (words for code, _colon, words in lines if code == language)
    return frozenset(fold(word) for words in found for word in WORD.findall(words))
