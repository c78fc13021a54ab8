"""Which city systems are installed, which are on, and typed look-ups over their declarations."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, TypeVar

import msgspec

from stadtkern.kernel.city import City, CityFileProblem, sentence
from stadtkern.kernel.contract import (
    CONTRACT,
    BookingKind,
    Dataset,
    DeviceProfile,
    MapLayer,
    Nav,
    Observed,
    Page,
    PlaceKind,
    System,
    ThingKind,
    Tile,
    Today,
    Topic,
)

GROUP = "stadtkern.systems"
T = TypeVar("T")

_city: City | None = None
_hidden: set[str] = set()


class SystemProblem(Exception):
    """A system cannot be used; the message names it."""


def configure(city: City) -> None:
    """Take the city's file as the truth; refuse unknown systems and wrong settings."""
    global _city
    names = {system.slug for system in installed()}
    for slug in city.systems:
        if slug not in names:
            raise CityFileProblem(
                f"systems.{slug} is not installed; installed are: {', '.join(sorted(names))}."
            )
    _city = city
    settings_of.cache_clear()
    for system in active():
        settings_of(system.slug)


def city() -> City:
    """The city this process serves."""
    if _city is None:
        raise RuntimeError("no city configured: call registry.configure first")
    return _city


@cache
def installed() -> tuple[System, ...]:
    """All systems that the installed distributions declare, by slug."""
    found: dict[str, System] = {}
    for entry in entry_points(group=GROUP):
        system = _load(entry.name, entry.load)
        if system.slug in found:
            raise SystemProblem(f"two systems are called '{system.slug}'")
        found[system.slug] = system
    return tuple(found[slug] for slug in sorted(found))


def _load(name: str, load: Any) -> System:
    try:
        system = load()
    except Exception as error:
        raise SystemProblem(f"system '{name}' cannot be loaded: {error}") from error
    if not isinstance(system, System) or system.contract != CONTRACT:
        raise SystemProblem(f"system '{name}' was written for another contract than {CONTRACT}")
    return system


def active() -> tuple[System, ...]:
    """The systems that are on, in the order of their slugs."""
    return tuple(system for system in installed() if is_on(system.slug))


def is_on(slug: str) -> bool:
    """Whether the city file has a section for this system that does not say `enabled = false`."""
    section = city().systems.get(slug)
    return section is not None and section.get("enabled", True) is True and slug not in _hidden


@contextmanager
def switched_off(slug: str) -> Iterator[None]:
    """For tests: the system is off inside this block."""
    _hidden.add(slug)
    try:
        yield
    finally:
        _hidden.discard(slug)


def system(slug: str) -> System:
    """The installed system with this slug; KeyError where there is none."""
    return {one.slug: one for one in installed()}[slug]


@cache
def settings_of(slug: str) -> Any:
    """The typed settings of a system; None where it declares no settings type."""
    path = system(slug).settings
    section = {k: v for k, v in city().systems.get(slug, {}).items() if k != "enabled"}
    if not path:
        if section:
            raise CityFileProblem(f"systems.{slug}: this system has no settings.")
        return None
    try:
        return msgspec.convert(section, resolve(path))
    except msgspec.ValidationError as error:
        said = sentence(error).removeprefix("the file: ")
        raise CityFileProblem(f"systems.{slug}.{said}") from None


def resolve(path: str) -> Any:
    """What a dotted path names; ImportError or AttributeError where it names nothing."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def place_kinds() -> dict[str, PlaceKind]:
    """Place kinds of all installed systems by `<system>.<kind>`."""
    return {f"{s.slug}.{kind.slug}": kind for s in installed() for kind in s.place_kinds}


def thing_kinds() -> dict[str, ThingKind]:
    """Thing kinds of all installed systems by `<system>.<kind>`."""
    return {f"{s.slug}.{kind.slug}": kind for s in installed() for kind in s.thing_kinds}


def booking_kinds() -> dict[str, BookingKind]:
    """Booking kinds of the systems that are on by `<system>.<kind>`."""
    return {f"{s.slug}.{kind.slug}": kind for s in active() for kind in s.bookings}


def profiles() -> dict[str, tuple[System, DeviceProfile]]:
    """Device profiles of all installed systems by slug."""
    return {p.slug: (s, p) for s in installed() for p in s.profiles}


@cache
def observed() -> dict[str, Observed]:
    """Observed properties by slug; systems that share a slug share the property."""
    return {o.slug: o for kind in thing_kinds().values() for o in kind.observes}


def layers() -> list[tuple[System, MapLayer]]:
    """Map layers of the systems that are on, by weight."""
    return sorted(((s, one) for s in active() for one in s.layers), key=lambda p: p[1].weight)


def tiles() -> list[tuple[System, Tile]]:
    """Tiles of the systems that are on, by weight."""
    return sorted(((s, one) for s in active() for one in s.tiles), key=lambda p: p[1].weight)


def pages() -> Iterator[tuple[System, Page]]:
    """Public pages of the systems that are on."""
    for system in active():
        if system.pages:
            yield from ((system, page) for page in resolve(system.pages)())


def topics() -> dict[str, Topic]:
    """What people may have sent to their phone, `<system>.<slug>`, of the systems that are on."""
    return {f"{s.slug}.{one.slug}": one for s in active() for one in s.topics}


def today() -> list[Today]:
    """What the systems that are on tell on the app's first page, by weight."""
    return sorted((one for s in active() for one in s.today), key=lambda one: one.weight)


def datasets() -> list[tuple[System, Dataset]]:
    """Datasets of the systems that are on, by system and slug."""
    return sorted(
        ((s, one) for s in active() for one in s.datasets), key=lambda p: (p[0].slug, p[1].slug)
    )


def nav(audience: str) -> list[tuple[System, Nav]]:
    """Menu entries of the systems that are on for one audience, by weight."""
    found = ((s, n) for s in active() for n in s.nav if n.audience == audience)
    return sorted(found, key=lambda pair: pair[1].weight)
