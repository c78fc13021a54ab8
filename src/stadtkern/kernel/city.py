"""One city's settings, read from `city.toml` and refused with one clear sentence where wrong."""

import ipaddress
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

import msgspec


class CityFileProblem(Exception):
    """The city file cannot be used; the message is one sentence for the operator."""


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


class Struct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all settings: frozen; an unknown key is an error, and so is a network that is none.

    Networks stand in `unlimited_from` and whatever ends with `_networks`.
    """

    def __post_init__(self) -> None:
        """Raises ValueError, which names the key."""
        for name in self.__struct_fields__:
            if name.endswith("_networks") or name == "unlimited_from":
                for one in getattr(self, name):
                    if not _is_network(one):
                        raise ValueError(f"{name}: '{one}' is no network")


Colour = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]


class Identity(Struct, frozen=True, kw_only=True):
    """`[city]`: what the city is called and how it looks."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    title: str = ""
    time_zone: str = "Europe/Berlin"
    colour: Colour = "#00705c"
    bounds: tuple[Longitude, Latitude, Longitude, Latitude]
    # ISO 3166-2 without the country: whose public holidays analyses know.
    state: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?$")] = ""
    contact: str = ""
    imprint_url: str = ""
    privacy_url: str = ""
    accessibility_url: str = ""


class Map(Struct, frozen=True, kw_only=True):
    """`[map]`: an optional raster tile address (such as basemap.de) and the credit it asks for."""

    tiles: str = ""
    credit: str = ""


class Web(Struct, frozen=True, kw_only=True):
    """`[web]`: the names under which the city is reached, and who may read the metrics."""

    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    metrics_from: tuple[str, ...] = ("127.0.0.1/32", "::1/128")
    https: bool = False
    address: Annotated[str, msgspec.Meta(pattern="^(https?://[^/]+)?$")] = ""


class Mqtt(Struct, frozen=True, kw_only=True):
    """`[mqtt]`: the embedded broker, or the city's own. The password stands in the environment."""

    broker: Annotated[str, msgspec.Meta(pattern="^(auto|amqtt|mosquitto|own)$")] = "auto"
    host: str = "127.0.0.1"
    port: int = 1883
    user: str = "stadtkern-ingest"
    password_env: str = "STADTKERN_MQTT_PASSWORD"  # noqa: S105  the name of a variable
    topics: tuple[str, ...] = ("application/+/device/+/event/+",)
    public: Annotated[str, msgspec.Meta(pattern="^((mqtts?|wss?)://.+)?$")] = ""
    anonymous_read: bool = False
    publish: bool = True
    retain: bool = False


class Mail(Struct, frozen=True, kw_only=True):
    """`[mail]`: the server that takes the city's mail. The password stands in the environment."""

    host: str = ""
    port: int = 587
    user: str = ""
    password_env: str = "STADTKERN_MAIL_PASSWORD"  # noqa: S105  the name of a variable
    security: Annotated[str, msgspec.Meta(pattern="^(starttls|tls|none)$")] = "starttls"
    sender: str = "stadtkern@localhost"


class Alerts(Struct, frozen=True, kw_only=True):
    """`[alerts]`: networks inside the city that webhooks may reach; without one, none."""

    private_networks: tuple[str, ...] = ()


class Catalogue(Struct, frozen=True, kw_only=True):
    """`[catalogue]`: the city's ID at GovData, and networks inside it that are harvested.

    `contributor` is an IRI of the German list of contributors; a city that has none leaves it out.
    """

    contributor: Annotated[str, msgspec.Meta(pattern="^(https?://[^ ]+)?$")] = ""
    private_networks: tuple[str, ...] = ()


class Push(Struct, frozen=True, kw_only=True):
    """`[push]`: the push services of browsers that messages go to, by host name or its end.

    Whoever subscribes names an address, so only these are called; `private_networks` is for a
    push service of the city's own.
    """

    services: tuple[str, ...] = (
        "fcm.googleapis.com",
        "push.services.mozilla.com",
        "push.apple.com",
        "notify.windows.com",
    )
    private_networks: tuple[str, ...] = ()


class Payments(Struct, frozen=True, kw_only=True):
    """`[payments]`: networks inside the city where payment providers are, for how many days after
    it is over a charge says who paid, and from how many cents on two people pay back by hand."""

    private_networks: tuple[str, ...] = ()
    payer_days: Annotated[int, msgspec.Meta(ge=1)] = 400
    two_people_from_cents: Annotated[int, msgspec.Meta(ge=0)] = 0


class Sms(Struct, frozen=True, kw_only=True):
    """`[sms]`: a gateway for text messages, by mail (`{number}@..`) or HTTP; without one, none.

    The token of an HTTP gateway stands in the environment.
    """

    gateway: Annotated[str, msgspec.Meta(pattern="^(mail|http)?$")] = ""
    address: str = ""
    token_env: str = "STADTKERN_SMS_TOKEN"  # noqa: S105  the name of a variable
    private_networks: tuple[str, ...] = ()


class SignIn(Struct, frozen=True, kw_only=True):
    """`[sign_in]`: networks inside the city where identity providers are."""

    private_networks: tuple[str, ...] = ()


class Bookings(Struct, frozen=True, kw_only=True):
    """`[bookings]`: networks inside the city where calendars of staff are read from."""

    private_networks: tuple[str, ...] = ()


class Cases(Struct, frozen=True, kw_only=True):
    """`[cases]`: how many days after it was put into the mailbox a decision counts as served.

    § 9 (1) OZG: on the fourth day after it was provided, since 1 January 2025.
    `scanner` is the city's ClamAV for files that people add, `tcp://host:3310` or
    `unix:///path/to/clamd.sock`; without one files are not scanned, only looked at and rewritten.
    """

    served_days: Annotated[int, msgspec.Meta(ge=0, le=30)] = 4
    scanner: Annotated[str, msgspec.Meta(pattern="^((tcp|unix)://.+)?$")] = ""


class BackOffices(Struct, frozen=True, kw_only=True):
    """`[back_offices]`: networks inside the city where procedures take cases on."""

    private_networks: tuple[str, ...] = ()


class Keep(Struct, frozen=True, kw_only=True):
    """`[keep]`: for how many days raw uplinks, receptions, audit entries and logs are kept."""

    uplinks_days: Annotated[int, msgspec.Meta(ge=1)] = 400
    receptions_days: Annotated[int, msgspec.Meta(ge=7)] = 90
    audit_days: Annotated[int, msgspec.Meta(ge=1)] = 730


class Oidc(Struct, frozen=True, kw_only=True):
    """`[api.oidc]`: the identity provider whose bearer tokens the APIs take."""

    issuer: Annotated[str, msgspec.Meta(pattern="^https?://")]
    audience: Annotated[str, msgspec.Meta(min_length=1)]
    jwks: Annotated[str, msgspec.Meta(pattern="^(https?://.*)?$")] = ""
    scopes_claim: str = "scope"
    roles_claim: str = "roles"


class Api(Struct, frozen=True, kw_only=True):
    """`[api]`: how often an address, a key or a token may ask in a minute; 0 is without limit."""

    reads_per_minute: Annotated[int, msgspec.Meta(ge=0)] = 6_000
    writes_per_minute: Annotated[int, msgspec.Meta(ge=0)] = 600_000
    unlimited_from: tuple[str, ...] = ("127.0.0.1/32", "::1/128")
    oidc: Oidc | None = None


class City(Struct, frozen=True, kw_only=True):
    """The whole file. A `[systems.<slug>]` section turns a system on."""

    city: Identity
    map: Map = Map()
    web: Web = Web()
    mqtt: Mqtt = Mqtt()
    mail: Mail = Mail()
    alerts: Alerts = Alerts()
    catalogue: Catalogue = Catalogue()
    push: Push = Push()
    payments: Payments = Payments()
    sms: Sms = Sms()
    bookings: Bookings = Bookings()
    sign_in: SignIn = SignIn()
    back_offices: BackOffices = BackOffices()
    cases: Cases = Cases()
    keep: Keep = Keep()
    api: Api = Api()
    systems: dict[str, dict[str, Any]] = {}

    @property
    def title(self) -> str:
        """The name of the site: `<name> digital` unless the city says otherwise."""
        return self.city.title or f"{self.city.name} digital"


def read(path: Path) -> City:
    """The city in this file.

    Raises CityFileProblem: no such file, not TOML, unknown key, wrong type, unknown time zone, a
    network that is none.
    """
    city = _convert(path, _toml(path))
    if city.city.time_zone not in available_timezones():
        raise CityFileProblem(f"{path}: city.time_zone '{city.city.time_zone}' is not known.")
    return city


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CityFileProblem(
            f"There is no city file {path}: write one with `stadtkern init`, "
            "or name it in STADTKERN_CITY."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CityFileProblem(f"{path} cannot be read: {error}.") from None


def _convert(path: Path, table: dict[str, Any]) -> City:
    try:
        return msgspec.convert(table, City)
    except msgspec.ValidationError as error:
        raise CityFileProblem(f"{path}: {sentence(error)}") from None


def sentence(error: msgspec.ValidationError) -> str:
    """A validation error in the words of the file: the key first, then what is wrong."""
    text, _, where = str(error).partition(" - at ")
    key = where.strip("`").removeprefix("$.") or "the file"
    return f"{key}: {text.replace('Object', 'section')}."


def path_from_environment() -> Path:
    """Where the city file is: STADTKERN_CITY, or `city.toml` in the working folder."""
    return Path(os.environ.get("STADTKERN_CITY", "city.toml")).resolve()
