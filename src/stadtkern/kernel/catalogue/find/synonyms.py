"""Everyday words for the same thing, as data: `synonyms.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from stadtkern.kernel.catalogue.find.words import fold, stem

ONE_WAY: Final = "="


def others(word: str) -> tuple[str, ...]:
    """What else this word is called; nothing where nobody calls it otherwise."""
    return _groups().get(stem(word), ())


def says_nothing(word: str) -> bool:
    """Whether a search loses nothing without this word."""
    return fold(word) in _ignored()


@cache
def _read() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("synonyms.toml").read_text(encoding="utf-8"))


@cache
def _groups() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in _read()["groups"]:
        searched = [word for word in group if not word.startswith(ONE_WAY)]
        for word in group:
            key = stem(word.removeprefix(ONE_WAY))
            kin = (*found.get(key, ()), *(one for one in searched if one != word))
            found[key] = tuple(dict.fromkeys(kin))
    return found


@cache
def _ignored() -> frozenset[str]:
    return frozenset(fold(word) for word in _read()["ignored"])
