"""What is told about a project: one typed document for each version of it."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import State

Text = str | Promise
Status = Literal["idea", "planned", "running", "paused", "finished"]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
# A year, a month or a day: no date is more exact than its source.
When = Annotated[
    str, msgspec.Meta(pattern=r"^(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?$")
]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Amount = Annotated[float, msgspec.Meta(ge=0)]

STATUSES: Final[Mapping[str, tuple[State, Text]]] = {
    "idea": ("none", _("idea")),
    "planned": ("info", _("planned")),
    "running": ("good", _("running")),
    "paused": ("tight", _("paused")),
    "finished": ("none", _("finished")),
}
THEMES: Final[Mapping[str, Text]] = {
    "energy": _("Energy and climate"),
    "mobility": _("Mobility"),
    "green": _("Green and environment"),
    "services": _("Citizen services"),
    "networks": _("Networks"),
    "data": _("Data"),
    "education": _("Education and family"),
    "culture": _("Culture and leisure"),
    "development": _("City development"),
}


class Struct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all parts: frozen, and an unknown key is an error."""


class Spot(Struct, frozen=True, kw_only=True):
    """Where it is; without a position it is told and not drawn. `key` is its place's public id."""

    key: UUID
    name: Words
    name_en: str = ""
    address: str = ""
    lon: Longitude | None = None
    lat: Latitude | None = None
    source: str = ""
    licence: str = ""


class Partner(Struct, frozen=True, kw_only=True):
    """An organisation and what it does in the project."""

    name: Words
    role: str = ""
    role_en: str = ""
    url: str = ""


class Funding(Struct, frozen=True, kw_only=True):
    """Who gives money: `amount` in euros, None where the source does not say."""

    who: Words
    programme: str = ""
    amount: Amount | None = None
    source: str = ""


class Indicator(Struct, frozen=True, kw_only=True):
    """A figure with its date and source, or one that a system or a datastream tells live.

    `live` is `tile:<system>.<tile>` or `datastream:<id>`; then there is no value of its own.
    `about` stands before a value that is not exact: nearly, over.
    """

    title: Words
    title_en: str = ""
    value: float | None = None
    about: str = ""
    about_en: str = ""
    unit: str = ""
    unit_en: str = ""
    decimals: Annotated[int, msgspec.Meta(ge=0, le=4)] = 0
    as_of: When = ""
    definition: str = ""
    definition_en: str = ""
    source: str = ""
    live: Annotated[
        str, msgspec.Meta(pattern=r"^(tile:[a-z_]+\.[a-z0-9_-]+|datastream:\d{1,18})?$")
    ] = ""


class Milestone(Struct, frozen=True, kw_only=True):
    """A step of the time line."""

    when: Annotated[When, msgspec.Meta(min_length=4)]
    text: Words
    text_en: str = ""


class News(Struct, frozen=True, kw_only=True):
    """What is new, on a day."""

    key: UUID
    day: date
    title: Words
    title_en: str = ""
    text: str = ""
    text_en: str = ""


class Link(Struct, frozen=True, kw_only=True):
    """A page elsewhere."""

    title: Words
    title_en: str = ""
    url: Annotated[str, msgspec.Meta(pattern=r"^(https?://|/)[^\s]+$", max_length=500)]


class Shown(Struct, frozen=True, kw_only=True):
    """A picture with what must be said of it."""

    picture: UUID
    alt: Words
    alt_en: str = ""
    credit: Words
    licence: Words


class Content(Struct, frozen=True, kw_only=True):
    """A project in both languages; `english_for` is the German text that the English stands for."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    title_en: Annotated[str, msgspec.Meta(max_length=120)] = ""
    summary: Annotated[str, msgspec.Meta(max_length=300)] = ""
    summary_en: Annotated[str, msgspec.Meta(max_length=300)] = ""
    text: str = ""
    text_en: str = ""
    english_for: str = ""
    themes: tuple[str, ...] = ()
    status: Status = "planned"
    begins: When = ""
    ends: When = ""
    citywide: bool = False
    spots: tuple[Spot, ...] = ()
    partners: tuple[Partner, ...] = ()
    budget: Amount | None = None
    budget_source: str = ""
    funding: tuple[Funding, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    news: tuple[News, ...] = ()
    links: tuple[Link, ...] = ()
    systems: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    pictures: tuple[Shown, ...] = ()
    office: str = ""
    email: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        unknown = set(self.themes) - set(THEMES)
        if unknown:
            raise ValueError(f"unknown theme {sorted(unknown)[0]}")
        if self.begins and self.ends and self.ends < self.begins[: len(self.ends)]:
            raise ValueError("it ends before it begins")
        for spot in self.spots:
            if (spot.lon is None) != (spot.lat is None):
                raise ValueError("a position has a longitude and a latitude")
            if spot.lon is not None and not spot.source:
                raise ValueError("a position names its source")
        for one in self.indicators:
            if not one.live and (one.value is None or not one.source):
                raise ValueError("a figure has a value and a source")

    @property
    def german(self) -> str:
        """A fingerprint of the German text."""
        whole = "\x1f".join((self.title, self.summary, self.text))
        return sha256(whole.encode()).hexdigest()[:16]

    @property
    def translation(self) -> Literal["", "missing", "outdated"]:
        """What is wrong with the English text."""
        pairs = ((self.title, self.title_en), (self.summary, self.summary_en),
                 (self.text, self.text_en))  # fmt: skip
        if any(german and not english for german, english in pairs):
            return "missing"
        return "" if self.english_for == self.german else "outdated"

    @property
    def drawn(self) -> list[Spot]:
        """The spots that have a position."""
        return [spot for spot in self.spots if spot.lon is not None]


def read(stored: Any) -> Content:
    """The document as it is stored. Raises msgspec.ValidationError where it does not fit."""
    return msgspec.convert(stored, Content, strict=False)


def stored(content: Content) -> dict[str, Any]:
    """The document as JSON, checked once more."""
    built: dict[str, Any] = msgspec.to_builtins(content)
    read(built)
    return built
