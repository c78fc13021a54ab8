"""What a maturity model says: levels, criteria, questions and rules, as one typed document."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from django.utils.translation import get_language

Words = Mapping[str, str]  # by language; German is always there
# One way in which something holds: the value of each question named.
Way = Mapping[str, str]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Struct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all parts: frozen, and an unknown key is an error."""


class Option(Struct, frozen=True, kw_only=True):
    """One answer of a question; those of a grade stand from the worst to the best."""

    value: Slug
    title: Words


NO_YES: Final = (
    Option(value="no", title={"de": "Nein", "en": "No"}),
    Option(value="yes", title={"de": "Ja", "en": "Yes"}),
)


class Level(Struct, frozen=True, kw_only=True):
    """One level of the scale; `mark` where it is called by a letter."""

    number: int
    name: Words
    about: Words = {}
    mark: str = ""


class Question(Struct, frozen=True, kw_only=True):
    """One question. A grade can be lifted; a scope says what the service is like.

    It is asked where one of the ways of `show` holds (none: always). `probe` names what of the
    running configuration answers it; `official` is false where we only infer that it is asked.
    """

    id: Slug
    text: Words
    about: Words = {}
    kind: Literal["grade", "scope"] = "grade"
    options: tuple[Option, ...] = NO_YES
    show: tuple[Way, ...] = ()
    probe: str = ""
    official: bool = False


class Rule(Struct, frozen=True, kw_only=True):
    """A level and the ways to it: at least these values of grades, exactly those of scopes."""

    level: int
    when: tuple[Way, ...]


class Criterion(Struct, frozen=True, kw_only=True):
    """One criterion; it is skipped where one of the ways of `unneeded` holds."""

    number: int
    title: Words
    about: Words = {}
    official: bool = False
    unneeded: tuple[Way, ...] = ()
    questions: tuple[Question, ...] = ()
    rules: tuple[Rule, ...] = ()


class Source(Struct, frozen=True, kw_only=True):
    """Where something was read."""

    title: str
    url: str = ""
    as_of: str = ""


class Definition(Struct, frozen=True, kw_only=True):
    """A whole model in one version.

    From level `conformity` on a service meets the law, from `online` on the federal count takes it
    as online; `transaction` is what the Single Digital Gateway asks for. `unknown` says in words
    what of the official model is not known here.
    """

    slug: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    version: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    valid_from: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    title: Words
    about: Words = {}
    levels: tuple[Level, ...]
    criteria: tuple[Criterion, ...] = ()
    conformity: int | None = None
    online: int | None = None
    transaction: int | None = None
    rules_official: bool = False
    unknown: tuple[Words, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether services can be measured by it."""
        return bool(self.criteria)

    @property
    def unofficial(self) -> tuple[Criterion, ...]:
        """Criteria whose official wording is not known."""
        return tuple(one for one in self.criteria if not one.official)

    def level(self, number: int) -> Level:
        """The level with this number; KeyError where the scale has none."""
        return {one.number: one for one in self.levels}[number]

    def questions(self) -> dict[str, Question]:
        """Every question by its id."""
        return {q.id: q for one in self.criteria for q in one.questions}

    def criterion(self, number: int) -> Criterion:
        """The criterion with this number; KeyError where there is none."""
        return {one.number: one for one in self.criteria}[number]

    @property
    def bottom(self) -> int:
        """The lowest level: where no rule holds."""
        return min(one.number for one in self.levels)

    @property
    def top(self) -> int:
        """The highest level."""
        return max(one.number for one in self.levels)


def say(words: Words) -> str:
    """A text in the reader's language; the German one where there is no other."""
    return str(words.get((get_language() or "de")[:2]) or words.get("de", ""))


def read(stored: Any) -> Definition:
    """The document from JSON. Raises msgspec.ValidationError where it does not fit."""
    return msgspec.convert(stored, Definition)


def write(definition: Definition) -> dict[str, Any]:
    """The document as JSON."""
    built: dict[str, Any] = msgspec.to_builtins(definition)
    return built


def read_toml(path: Path) -> Definition:
    """The document of a file."""
    return read(tomllib.loads(path.read_text(encoding="utf-8")))
