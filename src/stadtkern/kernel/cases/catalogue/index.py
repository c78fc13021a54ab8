"""All words of the catalogue, ready to be searched: read once, again when a service changed."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Max

from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.catalogue.find.words import WORD, fold, stem

# How much a word says about a service, by where it stands.
TITLE, CALLED, SUMMARY, TEXT = 3.0, 3.0, 1.2, 0.4
State = tuple[int, int | None, datetime | None]
FIELDS: Final = ("id", "title", "title_en", "summary", "summary_en", "words", "texts", "yearly")


@dataclass(frozen=True, slots=True)
class Index:
    """Where words stand: by folded word, services with the weight of the best place.

    `phrases` are whole titles and names, `often` how much a service is asked for (0 to 1).
    """

    state: State = (0, None, None)
    words: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    stems: Mapping[str, frozenset[str]] = field(default_factory=dict)
    phrases: Mapping[str, frozenset[int]] = field(default_factory=dict)
    often: Mapping[int, float] = field(default_factory=dict)

    def rare(self, services: Iterable[int]) -> float:
        """How much a match says that fits so many services."""
        return math.log(1 + len(self.often) / (1 + len(set(services))))


_known = Index()


def index() -> Index:
    """That of all services that are shown; one statement where nothing changed, else two."""
    global _known
    asked = Service.objects.filter(active=True).order_by()
    now = asked.aggregate(n=Count("id"), last=Max("id"), changed=Max("changed"))
    state = (now["n"], now["last"], now["changed"])
    if state != _known.state:
        _known = _built(state, asked.values(*FIELDS))
    return _known


def plain(text: str) -> str:
    """A text as its folded words, so that a title is compared whatever its signs."""
    return " ".join(WORD.findall(fold(text)))


def _built(state: State, rows: Iterable[Mapping[str, Any]]) -> Index:
    words: dict[str, dict[int, float]] = defaultdict(dict)
    phrases: dict[str, set[int]] = defaultdict(set)
    often: dict[int, float] = {}
    for row in rows:
        often[row["id"]] = min(math.log10(1 + (row["yearly"] or 0)) / 5, 1)
        for weight, text in _places(row):
            for word in WORD.findall(fold(text)):
                words[word][row["id"]] = max(weight, words[word].get(row["id"], 0))
        for name in (row["title"], row["title_en"], *row["words"].split(",")):
            if name.strip():
                phrases[plain(name)].add(row["id"])
    return Index(
        state=state, words=words, often=often, stems=_stems(words),
        phrases={name: frozenset(found) for name, found in phrases.items()},
    )  # fmt: skip


def _places(row: Mapping[str, Any]) -> Iterable[tuple[float, str]]:
    yield TITLE, f"{row['title']} {row['title_en']}"
    yield CALLED, row["words"]
    yield SUMMARY, f"{row['summary']} {row['summary_en']}"
    for modules in row["texts"].values():
        yield TEXT, " ".join(modules.get(name, "") for name in ("what", "who"))


def _stems(words: Iterable[str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for word in words:
        found[stem(word)].add(word)
    return {key: frozenset(group) for key, group in found.items()}
