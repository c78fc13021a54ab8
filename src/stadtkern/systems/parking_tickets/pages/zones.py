"""Zones: on the map, by number, and each with its prices and machines."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.systems.parking_tickets import layers
from stadtkern.systems.parking_tickets.logic import machines, tariffs, words, zones
from stadtkern.systems.parking_tickets.logic.zones import Known
from stadtkern.systems.parking_tickets.models import Machine, Tariff


@public
@require_safe
@one_page()
def home(request: HttpRequest) -> HttpResponse:
    """All zones on a map and as a list; a number leads to its zone."""
    asked = request.GET.get("number", "").strip()[:12]
    found = zones.all_zones()
    hit = next((one for one in found if one.zone.number.lower() == asked.lower()), None)
    if asked and hit:
        return redirect("parking_tickets:zone", hit.zone.number)
    return render(request, "parking_tickets/home.html", {
        "zones": found, "asked": asked, "pins": list(layers.pins_of(found)),
        "bounds": layers.bounds(found), "invented": any(one.zone.invented for one in found),
    }, status=404 if asked else 200)  # fmt: skip


@public
@require_safe
@cache_control(max_age=60, public=True)
def areas(request: HttpRequest) -> JsonResponse:
    """The zones as GeoJSON: for the map, where each can be chosen, and for everybody."""
    wanted = request.GET.get("zone", "")
    found = zones.all_zones(number=wanted)
    told = {"type": "FeatureCollection", "title": _("Areas of the zones"),
            "features": [layers.area_of(one) for one in found]}  # fmt: skip
    return JsonResponse(told, content_type="application/geo+json")


def zone_or_404(number: str) -> Known:
    """A zone that is in use."""
    found = zones.all_zones(number=number)
    if not found:
        raise Http404
    return found[0]


@public
@require_safe
@one_page()
def zone(request: HttpRequest, number: str) -> HttpResponse:
    """What parking costs in a zone, now and from when on, and where its machines are."""
    one = zone_or_404(number)
    told = {
        "one": one, "sentences": words.sentences(one.rules) if one.rules else [],
        "bounds": layers.bounds([one]), "next_prices": _next_prices(one),
        "machines": [_with_next(each, one) for each in one.machines],
    }  # fmt: skip
    return render(request, "parking_tickets/zone.html", told)


def _next_prices(one: Known) -> tuple[Tariff, list[str]] | None:
    """The published version that follows, if there is one."""
    row = Tariff.objects.filter(
        zone=one.zone, published__isnull=False, during__startswith__gt=clock.now()
    ).order_by("during").first()  # fmt: skip
    return (row, words.sentences(tariffs.read(row.rules))) if row else None


def _with_next(one: Machine, known: Known) -> dict[str, Any]:
    """A machine; one that is out of order names the next."""
    next_ = machines.nearest(one, known.machines) if one.state != "ok" else None
    return {"machine": one, "next": next_}


@public
@require_safe
def machine(request: HttpRequest, number: str) -> HttpResponse:
    """The sticker on a machine leads here: its zone, and whether it works."""
    found = Machine.objects.filter(number__iexact=number).select_related("zone").first()
    if found is None or not found.zone.active:
        raise Http404
    return redirect(f"{_zone_path(found)}#machine-{found.number}")


def _zone_path(found: Machine) -> str:
    return redirect("parking_tickets:zone", found.zone.number)["Location"]
