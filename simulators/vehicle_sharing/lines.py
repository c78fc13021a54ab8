"""The invented lines between real stops, and their trips."""

from dataclasses import dataclass
from hashlib import sha256

# Name and position of real stops (see SOURCES.md); the names of the lines are invented.
STOPS = {
    "8000164": ("Herne", 7.21783, 51.543652),
    "666245": ("Herne Bahnhof", 7.217568, 51.544575),
    "654972": ("Herne Bahnhof", 7.218881, 51.544451),
    "658235": ("Herne Mitte", 7.221818, 51.541239),
    "666246": ("Herne Mitte", 7.22091, 51.540877),
    "8000192": ("Wanne-Eickel Hbf", 7.165783, 51.531256),
    "655047": ("Wanne-Eickel Hauptbahnhof", 7.165349, 51.53202),
    "654998": ("Wanne-Eickel Hauptbahnhof", 7.164621, 51.531841),
    "663390": ("Am Buschmannshof", 7.160666, 51.529738),
    "657082": ("Auf der Wenge", 7.179425, 51.51305),
    "654999": ("Auf der Wenge", 7.179003, 51.513368),
    "657117": ("Eickel Kirche", 7.177755, 51.514682),
    "658236": ("Schloß Strünkede", 7.213849, 51.552502),
    "666251": ("Schloß Strünkede", 7.214235, 51.552094),
    "666252": ("Akademie Mont-Cenis", 7.2581, 51.539184),
}
WORKDAYS, WEEKEND = "werktags", "wochenende"


@dataclass(frozen=True, kw_only=True)
class Line:
    """Stops with minutes since the first; trips from `first` to `last`, every so many minutes."""

    name: str
    kind: int
    way: tuple[tuple[str, int], ...]
    first: int
    last: int
    every: int
    weekend: int


LINES = (
    Line(name="DS 1", kind=2, way=(("8000192", 0), ("8000164", 6)), first=280, last=1500, every=20,
         weekend=30),
    Line(name="DU 2", kind=1, way=(("658236", 0), ("654972", 3), ("658235", 5)), first=270,
         last=1510, every=10, weekend=15),
    Line(name="DT 3", kind=0, way=(("654998", 0), ("663390", 3), ("657117", 12), ("657082", 14)),
         first=285, last=1480, every=15, weekend=20),
    Line(name="D 10", kind=3, way=(("666251", 0), ("666245", 6), ("666246", 9)), first=300,
         last=1470, every=20, weekend=30),
    Line(name="D 11", kind=3, way=(("654999", 0), ("655047", 15), ("666245", 32), ("666252", 48)),
         first=310, last=1420, every=30, weekend=60),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Trip:
    """One trip of a line in one direction; calls as stop and minutes since midnight."""

    uid: str
    line: Line
    service: str
    calls: tuple[tuple[str, int], ...]


def trips() -> list[Trip]:
    """Both directions of all lines, for both services."""
    return [
        _trip(line, back, service, begins)
        for line in LINES for back in (False, True)
        for service, every in ((WORKDAYS, line.every), (WEEKEND, line.weekend))
        for begins in range(line.first + (7 if back else 0), line.last, every)
    ]  # fmt: skip


def _trip(line: Line, back: bool, service: str, begins: int) -> Trip:
    whole = line.way[-1][1]
    way = [(stop, whole - at) for stop, at in reversed(line.way)] if back else list(line.way)
    return Trip(
        uid=f"{line.name.replace(' ', '')}-{'b' if back else 'a'}-{service}-{begins}", line=line,
        service=service, calls=tuple((stop, begins + at) for stop, at in way),
    )  # fmt: skip


def chance(*what: object) -> float:
    """Between 0 and 1, the same for the same."""
    return int.from_bytes(sha256(repr(what).encode()).digest()[:6], "big") / 2**48
