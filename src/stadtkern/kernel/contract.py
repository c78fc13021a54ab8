"""What a city system may declare: frozen dataclasses that load before Django does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from stadtkern.kernel.contract_map import Legend as Legend
from stadtkern.kernel.contract_map import MapLayer as MapLayer
from stadtkern.kernel.contract_map import Past as Past
from stadtkern.kernel.contract_map import Pin as Pin
from stadtkern.kernel.contract_map import State as State
from stadtkern.kernel.contract_map import Text as Text
from stadtkern.kernel.contract_map import Theme as Theme

CONTRACT = 1

Audience = Literal["public", "staff", "api"]
ColumnKind = Literal["text", "integer", "number", "boolean", "date", "datetime", "geometry"]


@dataclass(frozen=True, kw_only=True)
class PlaceKind:
    """A sort of place: what stands somewhere."""

    slug: str
    title: Text
    plural: Text


@dataclass(frozen=True, kw_only=True)
class Observed:
    """One observed property of a kind of thing: unit in UCUM, and when it is stale."""

    slug: str
    title: Text
    unit: str = ""
    unit_name: str = ""
    definition: str = ""
    decimals: int = 1
    stale_after: timedelta = timedelta(hours=2)
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class ThingKind:
    """A sort of thing that measures, and what it observes."""

    slug: str
    title: Text
    observes: tuple[Observed, ...]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Which part of a decoded uplink becomes an observation of which property.

    `path` is a dotted path into the decoded object; `factor` and `offset` convert its unit;
    `words` turns the codec's words into numbers.
    """

    path: str
    property: str
    factor: float = 1.0
    offset: float = 0.0
    words: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DeviceProfile:
    """A device model: its codec (JavaScript, TS013) and how its words become observations."""

    slug: str
    title: Text
    vendor: str
    model: str
    codec: str
    thing_kind: str
    measures: tuple[Measure, ...]
    battery: str = ""
    uplink_every: timedelta = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A number on home page and dashboard. `reading` names a callable `() -> Reading | None`."""

    slug: str
    title: Text
    theme: Theme
    reading: str
    weight: int = 50


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A number fit to be shown: value, unit, age, source, trend; stale is said, not hidden."""

    value: str
    unit: str
    source: str
    at: datetime | None
    stale: bool
    detail: str = ""
    url: str = ""
    trend: tuple[float | None, ...] = ()
    datastreams: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a dataset's rows; `unit` in UCUM. A `geometry` is GeoJSON in WGS 84."""

    slug: str
    title: Text
    kind: ColumnKind = "text"
    unit: str = ""
    about: Text = ""


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """What a system publishes as open data. `rows` names `() -> Iterable[Mapping[str, object]]`.

    Rows have the columns' slugs as keys and are read anew after `every`; `key` names the columns
    that identify a row. `theme` is a code of the EU data themes, `rhythm` one of the EU
    frequencies, `hvd` a category of Regulation (EU) 2023/138 (`kernel.catalogue.vocabulary`).
    Observations of `things`, kinds of this system, belong to it: SensorThings is a door to it.
    """

    slug: str
    title: Text
    about: Text
    theme: str
    columns: tuple[Column, ...]
    rows: str
    key: tuple[str, ...]
    keywords: tuple[Text, ...] = ()
    rhythm: str = "DAILY"
    every: timedelta = timedelta(hours=1)
    licence: str = "dl-zero-de/2.0"
    credit: Text = ""
    hvd: str = ""
    things: tuple[str, ...] = ()
    invented: bool = False


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a person can do or find out here; `page` is a URL name."""

    slug: str
    title: Text
    summary: Text
    page: str
    words: Text = ""


@dataclass(frozen=True, kw_only=True)
class Nav:
    """A menu entry for one audience; `to` is a URL name."""

    label: Text
    to: str
    audience: Audience = "public"
    weight: int = 50


@dataclass(frozen=True, kw_only=True)
class Role:
    """A default role of the city's staff and what it may do in this system."""

    slug: str
    title: Text
    may: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A verb that roles grant: `parking.see_bays`."""

    slug: str
    title: Text


@dataclass(frozen=True, kw_only=True)
class Job:
    """Background work on a schedule. `run` names a callable `() -> str` whose answer is logged.

    `cron` has five fields in UTC. A job can run twice and stop half-way.
    """

    slug: str
    title: Text
    run: str
    cron: str


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A callable `(event) -> None` that hears a typed kernel event while the system is on.

    `kinds` narrows `ObservationsStored` to things of these kinds, and what has one `kind` (a
    booking, a charge) to these. It is delivered at least once, and what is stored within half a
    second after a call is told in one.
    """

    event: str
    call: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """Personal data a system keeps. `erase` names a callable `(older_than: datetime) -> int`."""

    model: str
    purpose: Text
    retention: timedelta
    erase: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """A public page that home's search finds and the sitemap names; `to` is a URL name.

    Title and summary are in the reader's language; `words` are what people may look for besides.
    """

    title: str
    to: str
    args: tuple[object, ...] = ()
    summary: str = ""
    words: str = ""
    changed: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What people may have sent to their phone: `kernel.push.announce` names it."""

    slug: str
    title: Text
    about: Text


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One line of the app's first page; `urgent` ones stand on top of it, marked."""

    title: str
    url: str
    text: str = ""
    at: datetime | None = None
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class Today:
    """What a system tells on the app's first page. `lines` names `() -> Sequence[Headline]`.

    `page` is the URL name of the list behind it; the app keeps a copy of that page offline.
    """

    slug: str
    title: Text
    lines: str
    page: str
    weight: int = 50


@dataclass(frozen=True, kw_only=True)
class BookingKind:
    """A sort of booking, and what the kernel does for it by itself.

    `page` is a URL name that takes a signed token (purpose `manage`), where a person sees, moves
    and cancels it: mails link to it. `words` names a callable `(Booking) -> Sequence[str]` with
    more lines for mails, such as what to bring. Without `remind_before`, `missed_after` (from its
    beginning, where nobody came) and `finished_after` (from its end) nothing of it happens. An
    offer of the waiting list stands for `offer_for` of the day's hours, and is made `most_offers`
    times to one person.
    """

    slug: str
    title: Text
    page: str = ""
    words: str = ""
    remind_before: timedelta | None = None
    missed_after: timedelta | None = None
    finished_after: timedelta | None = None
    offer_for: timedelta = timedelta(hours=2)
    most_offers: int = 3


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a system gives to an interface that systems share, at the standard's promised address.

    `standard` is a key of `kernel.feeds.STANDARDS`, which says what its records are; `build` names
    a callable `() -> Iterable` of such records. The site merges those of all systems.
    """

    standard: str
    build: str


@dataclass(frozen=True, kw_only=True)
class Websocket:
    """A websocket below a promised first segment: `/<path>/<rest>`.

    `serve` names an ASGI callable `async (scope, receive, send) -> None`; `scope["rest"]` is what
    follows the segment. What must reach the process that holds a socket goes through the database.
    """

    path: str
    serve: str


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What a check found, in one sentence, and the page or setting that repairs it."""

    text: Text
    fix: str = ""


@dataclass(frozen=True, kw_only=True)
class System:
    """The declaration of one city system: the first file to read.

    `pages` names a callable `() -> Iterable[Page]`: its public pages that are no service, no place
    and no dataset, such as a project or a table. `urls` names a module by audience; that for `api`
    describes all its addresses at `openapi.json` (`kernel.feeds.described`).
    """

    slug: str
    title: Text
    summary: Text
    package: str
    theme: Theme
    contract: int = CONTRACT
    path: str = ""
    settings: str = ""
    place_kinds: tuple[PlaceKind, ...] = ()
    thing_kinds: tuple[ThingKind, ...] = ()
    profiles: tuple[DeviceProfile, ...] = ()
    layers: tuple[MapLayer, ...] = ()
    tiles: tuple[Tile, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    services: tuple[Service, ...] = ()
    bookings: tuple[BookingKind, ...] = ()
    nav: tuple[Nav, ...] = ()
    permissions: tuple[Permission, ...] = ()
    roles: tuple[Role, ...] = ()
    jobs: tuple[Job, ...] = ()
    listens: tuple[Listener, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    topics: tuple[Topic, ...] = ()
    today: tuple[Today, ...] = ()
    pages: str = ""
    feeds: tuple[Feed, ...] = ()
    websockets: tuple[Websocket, ...] = ()
    urls: Mapping[Audience, str] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    demo: str = ""
