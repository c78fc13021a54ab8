"""Pages of rows, and what providers choose from: domains, zones, areas for permits."""

from collections.abc import Callable
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from stadtkern.kernel import registry
from stadtkern.kernel.people.access import public
from stadtkern.systems.parking_tickets.api.door import Ask, Caller, Wrong, answer, door
from stadtkern.systems.parking_tickets.api.reading import DOMAIN
from stadtkern.systems.parking_tickets.models import PermitArea, Zone

PAGE: Final = 100


def paged(request: HttpRequest, rows: QuerySet[Any], tell: Callable[[Any], Any]) -> dict[str, Any]:
    """`{count, next, previous, results}` of the page that the address asks for."""
    text = request.GET.get("page", "1")
    number = int(text) if text.isdecimal() and len(text) < 7 else 0
    count = rows.count()
    last = max(1, -(-count // PAGE))
    if not 1 <= number <= last:
        raise Wrong({"page": [f"1 .. {last}"]}, 404)
    shown = rows[(number - 1) * PAGE : number * PAGE]
    return {
        "count": count,
        "next": _address(request, number + 1) if number < last else None,
        "previous": _address(request, number - 1) if number > 1 else None,
        "results": [tell(one) for one in shown],
    }


def _address(request: HttpRequest, number: int) -> str:
    asked = request.GET.copy()
    asked["page"] = str(number)
    return request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")


@public
@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """No such address below these: programs are told so in JSON."""
    return answer({"detail": _("There is no such address."), "code": "not_found"}, 404)


@door("GET")
def domains(ask: Ask) -> HttpResponse:
    """The one domain of enforcement: the city."""
    found = [{"code": DOMAIN, "name": registry.city().city.name}]
    return answer({"count": 1, "next": None, "previous": None, "results": found})


@door("GET")
def zones(ask: Ask) -> HttpResponse:
    """The zones where parking is paid for."""
    rows = Zone.objects.filter(active=True).select_related("place").order_by("number")
    return answer(paged(ask.http, rows, lambda one: {
        "domain": DOMAIN, "code": one.number, "name": one.place.title
    }))  # fmt: skip


@door("GET")
def areas(ask: Ask) -> HttpResponse:
    """The areas that the caller may give permits for."""
    return answer(paged(ask.http, areas_of(ask.caller), lambda one: {
        "domain": DOMAIN, "code": one.code, "name": one.name
    }))  # fmt: skip


def areas_of(caller: Caller) -> QuerySet[PermitArea]:
    """Programs of the city's own officers may use all."""
    rows = PermitArea.objects.filter(active=True).order_by("code")
    return rows.filter(Q(operators=caller.operator)) if caller.operator else rows
