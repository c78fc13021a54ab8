"""A day of an office as a table: a row for each step, a column for each counter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stadtkern.kernel.bookings import hours
from stadtkern.kernel.bookings.models import Absence, Booking, Occupancy, Unit
from stadtkern.systems.appointments.models import Office

EARLY, LATE = time(8), time(16)
MOST_ROWS = 300
Bounds = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """What stands at a counter over so many rows: a visit, an absence, free, or shut."""

    kind: str
    begins: datetime
    rows: int = 1
    booking: Booking | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A time of the day, with the cells that begin then."""

    at: datetime
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """The table of a day."""

    units: tuple[Unit, ...]
    lines: tuple[Line, ...] = ()
    bookings: tuple[Booking, ...] = ()


def grid(office: Office, day: date) -> Grid:
    """The day with bookings, absences and what is shut; six queries, whatever stands in it."""
    units = tuple(Unit.objects.filter(resource=office.resource_id).order_by("number"))
    calendar = office.resource.calendar
    if calendar is None:
        return Grid(units=units)
    zone = ZoneInfo(calendar.zone)
    whole = tuple(hours.instant(zone, day + timedelta(days=n), time(0)) for n in (0, 1))
    opening = hours.load([calendar.pk], *whole)[calendar.pk]
    opened = list(opening.spans(day, day))
    taken = _taken(units, (whole[0], whole[1]))
    edges = [(one.begins, one.ends) for one in opened]
    edges += [(one.booking.begins, one.booking.ends) for one in taken]
    steps = _steps(edges or [_usual(zone, day)], timedelta(minutes=calendar.step_minutes), zone)
    away = list(Absence.objects.filter(unit__in=units, during__overlap=(whole[0], whole[1])))
    columns = []
    for unit in units:
        mine = [(o.begins, o.ends) for o in opened if o.units is None or unit.number in o.units]
        cells = [_cell(unit, at, taken, away, mine, opening.closed) for at in steps]
        columns.append(list(_joined(cells)))
    lines = tuple(
        Line(at=at, cells=tuple(c for column in columns if (c := column[n]) is not None))
        for n, at in enumerate(steps)
    )
    return Grid(units=units, lines=lines, bookings=tuple(one.booking for one in taken))


def _usual(zone: ZoneInfo, day: date) -> Bounds:
    return hours.instant(zone, day, EARLY), hours.instant(zone, day, LATE)


def _steps(edges: Sequence[Bounds], step: timedelta, zone: ZoneInfo) -> list[datetime]:
    first, last = min(b for b, _e in edges), max(e for _b, e in edges)
    count = min(MOST_ROWS, -(-(last - first) // step))
    return [(first + n * step).astimezone(zone) for n in range(count)]


def _taken(units: Sequence[Unit], whole: Bounds) -> list[Occupancy]:
    rows = Occupancy.objects.filter(unit__in=units, during__overlap=whole)
    rows = rows.exclude(booking__state__in=("cancelled", "expired")).select_related("booking")
    return list(rows.order_by("during", "pk"))


def _cell(
    unit: Unit, at: datetime, taken: Sequence[Occupancy], away: Sequence[Absence],
    opened: Sequence[Bounds], closed: Sequence[Bounds],
) -> Cell:  # fmt: skip
    """What a counter has at the beginning of a row; live bookings stand before old ones."""
    here = [o.booking for o in taken if o.unit_id == unit.pk and _in(at, _of(o.booking))]
    if here:
        one = next((b for b in here if b.state in ("booked", "arrived", "held")), here[0])
        return Cell(kind=f"visit {one.state}", begins=at, booking=one)
    gone = [a for a in away if a.unit_id == unit.pk and _in(at, hours.bounds(a.during))]
    if gone:
        return Cell(kind="away", begins=at, text=gone[0].reason)
    is_open = any(_in(at, one) for one in opened) and not any(_in(at, one) for one in closed)
    return Cell(kind="free" if is_open else "shut", begins=at)


def _of(booking: Booking) -> Bounds:
    return booking.begins, booking.ends


def _in(at: datetime, span: Bounds) -> bool:
    return span[0] <= at < span[1]


def _joined(cells: Sequence[Cell]) -> Iterator[Cell | None]:
    """One cell over all rows of the same thing, None where it goes on; free rows stay apart."""
    n = 0
    while n < len(cells):
        rows = 1
        while (
            cells[n].kind != "free" and n + rows < len(cells) and _same(cells[n], cells[n + rows])
        ):
            rows += 1
        yield replace(cells[n], rows=rows)
        yield from [None] * (rows - 1)
        n += rows


def _same(a: Cell, b: Cell) -> bool:
    return (a.kind, a.booking and a.booking.pk, a.text) == (
        b.kind,
        b.booking and b.booking.pk,
        b.text,
    )
