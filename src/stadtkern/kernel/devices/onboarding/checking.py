"""The dry run of a list of devices: every problem by row and column, and nothing is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from stadtkern.kernel.devices.models import Device, Profile
from stadtkern.kernel.devices.onboarding import columns, label, places
from stadtkern.kernel.devices.onboarding.making import NewDevice
from stadtkern.kernel.devices.onboarding.observed import observed
from stadtkern.kernel.devices.onboarding.places import NewPlace
from stadtkern.kernel.devices.onboarding.table import Table
from stadtkern.kernel.places.models import Place

NAMES_SEARCHED = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong in one cell; `row` is its number in the spreadsheet, 0 the whole file."""

    row: int
    column: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A list after its dry run: the devices to be made, those that are there, all problems."""

    rows: int
    new: list[tuple[int, NewDevice]]
    known: list[tuple[int, str]]
    faults: list[Fault]
    ignored: list[str]


def check(table: Table) -> Checked:
    """What would become of this list; a handful of queries for any number of rows."""
    where, ignored = columns.found(table.heads)
    missing = [c for c in columns.COLUMNS if c.needed and c.name not in where]
    if missing:
        faults = [_no_column(column) for column in missing]
        return Checked(rows=len(table.rows), new=[], known=[], faults=faults, ignored=ignored)
    rows = [(n, _cells(row, where)) for n, row in table.rows]
    checker = Checker(rows)
    for number, cells in rows:
        checker.take(number, cells)
    return Checked(
        rows=len(rows),
        new=checker.new,
        known=checker.known,
        faults=sorted(checker.faults, key=lambda f: f.row),
        ignored=ignored,
    )


def _no_column(column: columns.Column) -> Fault:
    text = _("There is no column “%(title)s”. Take the headings of the template.")
    return Fault(row=0, column=str(column.title), text=text % {"title": column.title})


def _cells(row: Sequence[str], where: dict[str, int]) -> dict[str, str]:
    return {name: row[place] if place < len(row) else "" for name, place in where.items()}


class Checker:
    """Looks at row after row, and holds what all rows are compared with."""

    def __init__(self, rows: Sequence[tuple[int, dict[str, str]]]) -> None:
        self.new: list[tuple[int, NewDevice]] = []
        self.known: list[tuple[int, str]] = []
        self.faults: list[Fault] = []
        self._rows: dict[str, int] = {}
        euis = {label.plain(cells["dev_eui"]) for _n, cells in rows}
        devices = Device.objects.filter(dev_eui__in=euis).select_related("profile")
        self._devices = {device.dev_eui: device for device in devices}
        self._profiles = Profiles()
        self._places = Places(cells.get("place", "") for _n, cells in rows)

    def take(self, number: int, cells: dict[str, str]) -> None:
        """Check one row."""
        row = Row(number, cells, self.faults)
        eui = row.hexadecimal("dev_eui", label.eui)
        profile = self._profile(row)
        name = row.text("name", 200)
        known = self._seen(row, eui, name, profile)
        if known:
            self.known.append((number, eui))
            return
        place = self._places.of(row, name)
        only = _measures(row, profile)
        join_eui = row.hexadecimal("join_eui", label.eui) if cells.get("join_eui") else ""
        app_key = row.hexadecimal("app_key", label.key) if cells.get("app_key") else ""
        if row.wrong or profile is None or place is None:
            return
        device = NewDevice(
            dev_eui=eui,
            name=name,
            profile=profile,
            place=place,
            only=only,
            join_eui=join_eui,
            keys={"app_key": app_key},
            labels=tuple(_words(cells.get("labels", ""))),
        )
        self.new.append((number, device))

    def _seen(self, row: "Row", eui: str, name: str, profile: Profile | None) -> bool:
        """Whether this device is there already just so; another one with its DevEUI is a fault."""
        if not eui:
            return False
        before = self._rows.setdefault(eui, row.number)
        if before != row.number:
            row.fault("dev_eui", _("This DevEUI is in row %(row)d too.") % {"row": before})
            return False
        device = self._devices.get(eui)
        if device is None:
            return False
        if device.name == name and profile and device.profile_id == profile.pk:
            return True
        text = _("This DevEUI belongs to “%(name)s” (%(profile)s) already.")
        said = {"name": device.name, "profile": device.profile.title}
        row.fault("dev_eui", text % said)
        return False

    def _profile(self, row: "Row") -> Profile | None:
        given = row.text("profile", 200)
        if not given:
            return None
        found = self._profiles.find(given)
        if isinstance(found, str):
            row.fault("profile", found)
            return None
        return found


class Row:
    """One row; what is wrong with it goes onto the list of all faults."""

    def __init__(self, number: int, cells: dict[str, str], faults: list[Fault]) -> None:
        self.number, self.cells, self._faults = number, cells, faults
        self.wrong = False

    def fault(self, column: str, text: str) -> None:
        """Note a fault."""
        self.wrong = True
        title = str(columns.BY_NAME[column].title)
        self._faults.append(Fault(row=self.number, column=title, text=text))

    def text(self, column: str, most: int) -> str:
        """A text that has to be there."""
        found = self.cells.get(column, "").replace("\0", "").strip()
        if not found:
            self.fault(column, _("This is missing."))
        elif len(found) > most:
            text = _("This is longer than %(most)d characters.")
            self.fault(column, text % {"most": most})
        return found

    def hexadecimal(self, column: str, read: Any) -> str:
        """An EUI or a key; empty where it is wrong."""
        given = self.cells.get(column, "")
        title = str(columns.BY_NAME[column].title)
        if not given:
            self.fault(column, _("This is missing."))
            return ""
        if "e+" in given.lower():
            text = _("A spreadsheet has made a number of it. Format the column as text, type anew.")
            self.fault(column, text)
            return ""
        try:
            return str(read(given, title))
        except ValueError as error:
            self.fault(column, str(error))
            return ""

    def degrees(self, column: str) -> float | None:
        """A number of degrees, with point or comma; None where there is none."""
        given = self.cells.get(column, "").strip().rstrip("°")
        if not given:
            return None
        try:
            found = float(given.replace(",", "."))
        except ValueError:
            found = float("nan")
        if not -180 <= found <= 180:
            text = _("“%(given)s” is no number of degrees, such as 51.5388.")
            self.fault(column, text % {"given": given[:40]})
            return None
        return found


class Profiles:
    """All profiles, by each of their names."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[Profile]] = {}
        for profile in Profile.objects.defer("codec", "examples").select_related("sensor"):
            names = {profile.slug, profile.title, f"{profile.vendor} {profile.model}"}
            for name in {*names, profile.model}:
                self._by_name.setdefault(name.lower().strip(), []).append(profile)

    def find(self, given: str) -> Profile | str:
        """The profile of this name, or a sentence that says why there is none."""
        found = self._by_name.get(given.lower().strip(), [])
        if len(found) == 1:
            return found[0]
        if found:
            text = _("Several profiles are called so. Name one of them: %(names)s.")
            return text % {"names": ", ".join(sorted(p.slug for p in found)[:6])}
        like = get_close_matches(given.lower(), self._by_name, n=3, cutoff=0.5)
        if not like:
            return _("There is no such profile. Import it, or take one from the list.")
        names = dict.fromkeys(self._by_name[one][0].slug for one in like)
        return _("There is no such profile. Do you mean %(names)s?") % {"names": ", ".join(names)}


class Places:
    """The places that a list names."""

    def __init__(self, names: Iterable[str]) -> None:
        wanted = {name.lower() for name in names if name}
        rows = Place.objects.annotate(lower=Lower("name")).filter(lower__in=wanted)
        self._by_name: dict[str, list[Place]] = {}
        for place in rows:
            self._by_name.setdefault(place.name.lower(), []).append(place)
        self._all: list[str] | None = None

    def of(self, row: Row, device: str) -> Place | NewPlace | None:
        """Where the device of this row stands; None with a fault noted."""
        name = row.cells.get("place", "")[:200]
        lat, lon = row.degrees("lat"), row.degrees("lon")
        if row.cells.get("lat") or row.cells.get("lon"):
            return self._at(row, name or device, lat, lon)
        found = self._by_name.get(name.lower(), [])
        if len(found) == 1:
            return found[0]
        row.fault("place", self._why(name, found))
        return None

    def _at(
        self, row: Row, name: str, lat: float | None, lon: float | None
    ) -> Place | NewPlace | None:
        for column, value in (("lat", lat), ("lon", lon)):
            if not row.cells.get(column):
                row.fault(column, _("Latitude and longitude belong together: one is missing."))
                return None
            if value is None:
                return None
        assert lat is not None
        assert lon is not None
        if places.swapped(lon, lat):
            row.fault("lat", _("Latitude and longitude look swapped."))
            return None
        if not places.inside(lon, lat):
            row.fault("lat", _("This point lies outside the city."))
            return None
        return self._there(name, lon, lat) or NewPlace(name=name, lon=lon, lat=lat)

    def _there(self, name: str, lon: float, lat: float) -> Place | None:
        """A place of this name within some metres: the one that an earlier list made."""
        for place in self._by_name.get(name.lower(), []):
            if place.lon is None or place.lat is None:
                continue
            if abs(place.lon - lon) < 5e-5 and abs(place.lat - lat) < 5e-5:
                return place
        return None

    def _why(self, name: str, found: Sequence[Place]) -> str:
        if not name:
            return _("Name a place, or give latitude and longitude.")
        if found:
            return _("Several places are called so. Give latitude and longitude.")
        if self._all is None:
            self._all = list(Place.objects.values_list("name", flat=True)[:NAMES_SEARCHED])
        like = get_close_matches(name, self._all, n=3, cutoff=0.6)
        if not like:
            return _("There is no such place. Give latitude and longitude to make it.")
        return _("There is no such place. Do you mean %(names)s?") % {"names": ", ".join(like)}


def _measures(row: Row, profile: Profile | None) -> tuple[str, ...]:
    given = _words(row.cells.get("measures", ""))
    if profile is None or not given:
        return ()
    names = {str(o.title).lower(): o.slug for o in observed(profile)}
    names |= {slug: slug for slug in list(names.values())}
    if wrong := [word for word in given if word.lower() not in names]:
        text = _("The profile does not measure %(wrong)s; it measures %(known)s.")
        known = ", ".join(str(o.title) for o in observed(profile))
        row.fault("measures", text % {"wrong": ", ".join(wrong), "known": known})
    return tuple(names[word.lower()] for word in given if word.lower() in names)


def _words(text: str) -> list[str]:
    return [word.strip()[:60] for word in text.replace(";", ",").split(",") if word.strip()]
