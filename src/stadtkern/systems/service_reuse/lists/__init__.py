"""Lists to work through, as data: the EfA minimum requirements, and the steps of a connection."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from django.utils.translation import get_language

Words = Mapping[str, str]


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line; `official` where we have read its wording; it is done before the step `before`."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    text: Words
    rank: Literal["must", "should", "may"] = "must"
    official: bool = False
    before: str = ""


class Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lines that belong together."""

    title: Words
    items: tuple[Item, ...] = ()


class Checklist(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole list with its source and what of it is not known."""

    slug: str
    version: str
    title: Words
    source: str
    source_url: str = ""
    unknown: Words = {}
    groups: tuple[Group, ...]

    def items(self) -> dict[str, Item]:
        """Every line by its id."""
        return {item.id: item for group in self.groups for item in group.items}


@cache
def read(slug: str) -> Checklist:
    """The list of this name; FileNotFoundError where there is none."""
    path = Path(__file__).parent / f"{slug}.toml"
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Checklist)


def say(words: Words) -> str:
    """A text in the reader's language."""
    return str(words.get((get_language() or "de")[:2]) or words.get("de", ""))
