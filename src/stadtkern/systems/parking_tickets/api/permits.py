"""Permits of a provider in series: the whole series becomes valid at once."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from stadtkern.systems.parking_tickets.api.door import Ask, Denied, Wrong, answer, door
from stadtkern.systems.parking_tickets.api.listing import areas_of, paged
from stadtkern.systems.parking_tickets.api.parkings import instant
from stadtkern.systems.parking_tickets.api.reading import DOMAIN, Fields
from stadtkern.systems.parking_tickets.logic import permits
from stadtkern.systems.parking_tickets.logic.permits import Span
from stadtkern.systems.parking_tickets.models import PERMIT_KINDS, Permit, PermitSeries

MOST_ROWS = 200
MOST_BYTES = 4000


@door("GET", "POST", scope="both")
def series_list(ask: Ask) -> HttpResponse:
    """The caller's own series; sent, a new one that is not active yet."""
    if ask.method == "POST":
        made = PermitSeries.objects.create(operator=ask.caller.operator)
        return answer(_series(made), 201)
    return answer(paged(ask.http, _own_series(ask), _series))


@door("GET", "DELETE", scope="both")
def series(ask: Ask, number: int) -> HttpResponse:
    """One series; deleted with all its permits."""
    row = _series_of(ask, number)
    if ask.method == "DELETE":
        row.delete()
        return HttpResponse(status=204)
    return answer(_series(row))


@door("POST", scope="both")
def activate(ask: Ask, number: int) -> HttpResponse:
    """All permits of a series hold from now on; others named, or all others, no more."""
    row, said = _series_of(ask, number), Fields(ask.body)
    others = said.flag("deactivate_others")
    off = said.listed("deactivate_series", most=1000)
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in off):
        said.wrong("deactivate_series", _("Send a list of whole numbers."))
    said.check()
    own = _own_series(ask)
    named = [one for one in off if 0 < one < 2**63]
    if own.filter(pk__in=named).count() != len(set(off)):
        raise Wrong({"deactivate_series": [_("You have no such series.")]})
    ends = own if others else own.filter(pk__in=named)
    done = permits.activate(row, ends)
    return answer({"status": "OK" if done else "No change"})


@door("GET", "POST", scope="both")
def permit_list(ask: Ask) -> HttpResponse:
    """The caller's own permits; sent, a new one in a series."""
    if ask.method == "GET":
        return answer(paged(ask.http, _own_permits(ask), told))
    return answer(told(_saved(ask, None)), 201)


@door("GET", "PUT", "PATCH", "DELETE", scope="both")
def permit(ask: Ask, number: int) -> HttpResponse:
    """One permit."""
    return _one(ask, _own_permits(ask).filter(pk=number).first())


@door("GET", "POST", scope="both")
def active_list(ask: Ask) -> HttpResponse:
    """Permits of the series that is active; sent, a new one in it."""
    if ask.method == "GET":
        return answer(paged(ask.http, _own_permits(ask).filter(series__active=True), told))
    return answer(told(_saved(ask, None, series=_active(ask), named=True)), 201)


@door("GET", "PUT", "PATCH", "DELETE", scope="both")
def active(ask: Ask, external_id: str) -> HttpResponse:
    """One permit of the active series, by the caller's own id."""
    rows = _own_permits(ask).filter(series__active=True, external_id=external_id[:80])
    return _one(ask, rows.first())


def _one(ask: Ask, row: Permit | None) -> HttpResponse:
    if row is None:
        raise Denied(404, _("You have no such permit."), "not_found")
    if ask.method == "GET":
        return answer(told(row))
    if ask.method == "DELETE":
        row.delete()
        return HttpResponse(status=204)
    return answer(told(_saved(ask, row, series=row.series)))


def _saved(
    ask: Ask, row: Permit | None, *, series: PermitSeries | None = None, named: bool = False
) -> Permit:
    """Raises Wrong with all that is wrong."""
    said, whole = Fields(ask.body), ask.method != "PATCH"
    said.domain()
    chosen = _chosen(ask, said) if "series" in said or series is None else series
    kind = said.text("kind", most=8) or (row.kind if row else "other")
    if kind not in PERMIT_KINDS:
        said.wrong("kind", _("Choose one of: %s") % ", ".join(PERMIT_KINDS))
    needed = row is None or whole
    new = permits.New(
        series=chosen, kind=kind,
        external_id=said.text("external_id", most=80, needed=named)
        if needed or "external_id" in said else row.external_id if row else "",
        properties=_properties(said) if needed or "properties" in said else None,
        subjects=_subjects(said) if needed or "subjects" in said else None,
        areas=_areas(ask, said) if needed or "areas" in said else None,
    )  # fmt: skip
    said.check()
    return permits.save(new, row)


def _chosen(ask: Ask, said: Fields) -> PermitSeries | None:
    number = said.number("series")
    found = _own_series(ask).filter(pk=number).first() if number is not None else None
    if found is None and number is not None:
        said.wrong("series", _("You have no such series."))
    return found


def _properties(said: Fields) -> dict[str, Any]:
    value = said.said.get("properties")
    if value is None:
        return {}
    if not isinstance(value, dict) or len(str(value)) > MOST_BYTES:
        said.wrong("properties", _("Send an object of at most %s characters.") % MOST_BYTES)
        return {}
    return value


def _subjects(said: Fields) -> list[Span]:
    found = []
    for at, one in enumerate(said.listed("subjects", most=MOST_ROWS, needed=True)):
        item = Fields(one if isinstance(one, dict) else {})
        what = item.plate()
        found.append(_span(said, item, f"subjects.{at}.", what))
    return [one for one in found if one is not None]


def _areas(ask: Ask, said: Fields) -> list[Span]:
    known = {one.code: one.pk for one in areas_of(ask.caller)}
    found = []
    for at, one in enumerate(said.listed("areas", most=MOST_ROWS, needed=True)):
        item = Fields(one if isinstance(one, dict) else {})
        code = item.text("area", most=10, needed=True)
        if code and code not in known:
            item.wrong("area", _("There is no such area that you may use."))
        found.append(_span(said, item, f"areas.{at}.", str(known.get(code, ""))))
    return [one for one in found if one is not None]


def _span(said: Fields, item: Fields, prefix: str, what: str) -> Span | None:
    begins = item.instant("start_time", needed=True)
    ends = item.instant("end_time", needed=True)
    if begins and ends and ends <= begins:
        item.wrong("end_time", _("The end must be later than the beginning."))
    for name, reasons in item.errors.items():
        for reason in reasons:
            said.wrong(prefix + name, reason)
    if item.errors or begins is None or ends is None:
        return None
    return Span(what=what, begins=begins, ends=ends)


def _own_series(ask: Ask) -> QuerySet[PermitSeries]:
    return PermitSeries.objects.filter(operator=ask.caller.operator).order_by("pk")


def _own_permits(ask: Ask) -> QuerySet[Permit]:
    rows = Permit.objects.filter(series__operator=ask.caller.operator).select_related("series")
    return rows.prefetch_related("subjects", "areas__area").order_by("pk")


def _series_of(ask: Ask, number: int) -> PermitSeries:
    found = _own_series(ask).filter(pk=number).first()
    if found is None:
        raise Denied(404, _("You have no such series."), "not_found")
    return found


def _active(ask: Ask) -> PermitSeries:
    found = _own_series(ask).filter(active=True).order_by("-changed", "-pk").first()
    if found is None:
        raise Wrong({"series": [_("None of your series is active. Activate one first.")]})
    return found


def _series(row: PermitSeries) -> dict[str, Any]:
    return {"id": row.pk, "created_at": instant(row.created),
            "modified_at": instant(row.changed), "active": row.active}  # fmt: skip


def told(row: Permit) -> dict[str, Any]:
    """A permit as its giver reads it."""
    return {
        "id": row.pk, "domain": DOMAIN, "series": row.series_id, "kind": row.kind,
        "external_id": row.external_id, "properties": permits.properties_of(row),
        "subjects": [
            {"registration_number": permits.shown(one), **_times(one.during)}
            for one in row.subjects.all()
        ],
        "areas": [{"area": one.area.code, **_times(one.during)} for one in row.areas.all()],
    }  # fmt: skip


def _times(during: Any) -> dict[str, str | None]:
    return {"start_time": instant(during.lower), "end_time": instant(during.upper)}
