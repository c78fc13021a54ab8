"""What was read of a dataset elsewhere, in one shape for all kinds of sources."""

import hashlib
from typing import Any

import msgspec

# [name, IRI], or [name, value, language, kind] (see `models.Harvested.facts`).
Fact = list[str]


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Who publishes, or whom to ask."""

    name: str = ""
    email: str = ""
    url: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution. `licence` is a key of the German list, an IRI, or empty."""

    url: str
    iri: str = ""
    title: str = ""
    title_en: str = ""
    about: str = ""
    format: str = ""
    media_type: str = ""
    licence: str = ""
    credit: str = ""
    facts: list[Fact] = []


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset; dates as ISO 8601, `geometry` as GeoJSON in WGS 84."""

    iri: str
    identifiers: list[str] = []
    title: str = ""
    title_en: str = ""
    about: str = ""
    about_en: str = ""
    keywords: list[str] = []
    keywords_en: list[str] = []
    themes: list[str] = []
    publisher: Party = Party()
    contact: Party = Party()
    licence: str = ""
    credit: str = ""
    rhythm: str = "UNKNOWN"
    hvd: str = ""
    landing_page: str = ""
    issued: str = ""
    modified: str = ""
    period_start: str = ""
    period_end: str = ""
    geometry: dict[str, Any] | None = None
    facts: list[Fact] = []
    parts: list[Part] = []
    original: str = ""
    original_type: str = "text/turtle"

    @property
    def digest(self) -> str:
        """The same for the same content, however it was written down."""
        said = msgspec.structs.replace(self, original="", original_type="")
        return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a catalogue: its datasets, and where the next page is."""

    datasets: list[Found]
    next: str = ""
