"""Charging that other companies' customers use: who reads it, and what happened and costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Partner:
    """A company whose program reads; `key` is the system's own name for it."""

    key: str
    name: str
    registered: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Which rows are asked for: changed from `since` on and before `until`, so many from one on."""

    offset: int
    limit: int
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Plug:
    """Where a car charged, in the words of OCPI 2.2.1. `evse_id` is empty where none is known."""

    location: str
    name: str
    address: str
    postcode: str
    city: str
    lon: float
    lat: float
    evse: str
    evse_id: str
    connector: str
    standard: str
    format: str
    power_type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A car that charges or has charged. `token` stands for a card, for one partner only."""

    id: str
    started: datetime
    ended: datetime | None
    updated: datetime
    wh: int
    token: str
    token_kind: str
    asked: bool
    plug: Plug
    net_cents: int | None = None
    gross_cents: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A part of a session; `parks`: the car stood there without charging. Hours and kWh."""

    begins: datetime
    kwh: float
    hours: float
    parks: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """What a session costs, sealed: it never changes. `credits` names the bill it takes back.

    `costs` are euro without and with tax for each kind of component; cents are those of the bill,
    positive in a credit too.
    """

    id: str
    session: Session
    made: datetime
    stretches: Sequence[Stretch]
    costs: dict[str, tuple[float, float]]
    net_cents: int
    gross_cents: int
    credits: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Where a system deals with partners. Lists answer with their part and the number of all.

    `register` keeps what a partner told (credentials, endpoints) and answers with its new token.
    `networks` are private networks in which partners may be, by the setting that is named beside.
    """

    system: str
    country_code: str
    party_id: str
    operator: str
    networks: tuple[str, ...]
    networks_setting: str
    known: Callable[[str], Partner | None]
    register: Callable[[Partner, dict[str, Any], list[Any]], str]
    forget: Callable[[Partner], None]
    sessions: Callable[[Partner, Part], tuple[list[Session], int]]
    bills: Callable[[Partner, Part], tuple[list[Bill], int]]
