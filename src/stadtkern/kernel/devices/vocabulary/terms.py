"""The table of what devices measure: `terms.csv`."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.utils.translation import get_language

from stadtkern.kernel.contract import Observed


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One thing that devices measure.

    `key` is its path in the normalised payload of The Things Network where that has one (air,
    soil, wind, rain, water, metering.water, action, position, battery), else a path of our own;
    `slug` names the observed property. `unit` is shown, `ucum` converts (UCUM, case-sensitive).
    `low` and `high` bound what is plausible, in this unit. `synonyms` are names that codecs use.
    """

    key: str
    slug: str
    de: str
    en: str
    unit: str
    ucum: str
    definition: str
    low: float | None
    high: float | None
    decimals: int
    synonyms: tuple[str, ...]

    @property
    def title(self) -> str:
        """The name in the language of the reader."""
        return self.en if (get_language() or "").startswith("en") else self.de


@cache
def terms() -> tuple[Term, ...]:
    """All terms, in the table's order."""
    table = files(__package__).joinpath("terms.csv").read_text(encoding="utf-8")
    return tuple(_term(row) for row in csv.DictReader(table.splitlines()))


@cache
def by_slug() -> dict[str, Term]:
    """The terms by the slug of their observed property."""
    return {term.slug: term for term in terms()}


def observed(term: Term) -> Observed:
    """The term as a declaration that datastreams can be made from; its title is German."""
    return Observed(
        slug=term.slug,
        title=term.de,
        unit=term.unit,
        unit_name="",
        definition=term.definition,
        decimals=term.decimals,
        low=term.low,
        high=term.high,
    )


def _term(row: dict[str, str]) -> Term:
    return Term(
        key=row["key"],
        slug=row["slug"],
        de=row["de"],
        en=row["en"],
        unit=row["unit"],
        ucum=row["ucum"],
        definition=row["definition"],
        low=_number(row["low"]),
        high=_number(row["high"]),
        decimals=int(row["decimals"]),
        synonyms=tuple(row["synonyms"].split("|")),
    )


def _number(text: str) -> float | None:
    return float(text) if text else None
