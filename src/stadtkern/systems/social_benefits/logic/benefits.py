"""Benefits, their rules, and what comes before what: read once from the data of this system."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import get_language

from stadtkern.kernel.cases.forms.definition import Condition, Definition, Words, read
from stadtkern.kernel.cases.forms.reading import Reader

DATA: Final = Path(__file__).parents[1] / "data"
TOPICS: Final = ("living", "home", "children", "work", "health")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule: where neither condition holds, it cannot be told. None: that never holds."""

    slug: str
    fits: Condition | None
    against: Condition | None
    yes: Words
    no: Words
    open: Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """Where to apply; `department` is the slug of a part of the city's administration."""

    title: Words
    department: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Benefit:
    """One benefit. Those of a lower `rank` come first.

    `have` is the answer that says that somebody receives it already (where `have_only` holds).
    `form` is the slug of the form with which it is applied for here, `choice` its answer to which
    benefit is meant. In the catalogue of services it has the same slug.
    """

    slug: str
    rank: int
    title: Words
    about: Words
    law: str
    office: Office
    rules: tuple[str, ...]
    topics: tuple[str, ...]
    have: str = ""
    have_only: Condition | None = None
    form: str = ""
    choice: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether the finder can say anything about it."""
        return bool(self.rules or self.have)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exclusion:
    """Where `winner` is received (`have`) or may fit (`fits`), `loser` rather does not.

    `as_of` is the year in which the law was known to say so; empty where that is not sure.
    """

    winner: str
    loser: str
    when: str
    text: Words
    source: str
    checked: bool
    as_of: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class First:
    """`before` is asked for before `after`."""

    before: str
    after: str
    source: str
    checked: bool
    as_of: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """Everything the finder knows."""

    benefits: tuple[Benefit, ...]
    rules: Mapping[str, Rule]
    excludes: tuple[Exclusion, ...]
    first: tuple[First, ...]

    def benefit(self, slug: str) -> Benefit | None:
        """By its slug."""
        return next((one for one in self.benefits if one.slug == slug), None)


@cache
def questions() -> Definition:
    """What the finder asks: a form like all others, which nobody sends."""
    return read(json.loads((DATA / "questions.json").read_text(encoding="utf-8")))


@cache
def book() -> Book:
    """The benefits in the order of their rank. Raises ValueError where the data are wrong."""
    told = _table("benefits.toml")
    rules = _table("rules.toml")
    offices = {name: _office(said) for name, said in told["office"].items()}
    listed = [_benefit(said, offices) for said in told["benefit"]]
    return Book(
        benefits=tuple(sorted(listed, key=lambda one: one.rank)),
        rules={name: _rule(name, said) for name, said in rules.items()},
        excludes=tuple(Exclusion(**said) for said in told["excludes"]),
        first=tuple(First(**said) for said in told["first"]),
    )


def in_words(words: Words | None) -> str:
    """In the reader's language, else in German."""
    if not words:
        return ""
    return words.get(get_language() or "de") or words["de"]


def condition(said: Any, where: str) -> Condition | None:
    """A condition as the forms have it; None where nothing is said. Raises ValueError."""
    if said is None:
        return None
    reader = Reader()
    made = reader.part(Condition, said, where)
    if reader.wrong:
        raise ValueError("; ".join(str(one) for one in reader.wrong))
    assert isinstance(made, Condition)
    return made


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def _office(said: Mapping[str, str]) -> Office:
    words = {key: text for key, text in said.items() if key != "department"}
    return Office(title=words, department=said.get("department", ""))


def _benefit(said: Mapping[str, Any], offices: Mapping[str, Office]) -> Benefit:
    lists = {name: tuple(said[name]) for name in ("rules", "topics")}
    only = condition(said.get("have_only"), f"{said['slug']}.have_only")
    return Benefit(**{**said, **lists, "office": offices[said["office"]], "have_only": only})


def _rule(name: str, said: Mapping[str, Any]) -> Rule:
    return Rule(
        slug=name, fits=condition(said.get("fits"), f"{name}.fits"),
        against=condition(said.get("against"), f"{name}.against"),
        yes=said.get("yes", {}), no=said.get("no", {}), open=said.get("open", {}),
    )  # fmt: skip
