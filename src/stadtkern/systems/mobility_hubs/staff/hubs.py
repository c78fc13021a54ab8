"""Stations for staff: new ones, their radius, what belongs to them and what does not."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.mobility_hubs.logic import HUB, now
from stadtkern.systems.mobility_hubs.logic.near import metres
from stadtkern.systems.mobility_hubs.models import STANDARDS, Hub, Member, Stop
from stadtkern.systems.mobility_hubs.staff.answer import MANAGE, SEE, page, person, problems


class HubForm(forms.ModelForm):  # type: ignore[type-arg]
    """A station with its name and position, which are its place's."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), required=False, max_length=200)
    lat = forms.FloatField(label=gettext_lazy("Latitude"))
    lon = forms.FloatField(label=gettext_lazy("Longitude"))
    field_order = ("name", "name_en", "slug", "lat", "lon", "radius_m")

    class Meta:
        model = Hub
        fields = ("slug", "radius_m", "wifi", "note", "note_en", "active")
        labels = {
            "slug": gettext_lazy("Name in the address"), "note": gettext_lazy("Note in German"),
            "active": gettext_lazy("Is on the public pages"),
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        west, south, east, north = registry.city().city.bounds
        lon, lat = said.get("lon"), said.get("lat")
        if lon is not None and lat is not None:
            if not (west <= lon <= east):
                self.add_error("lon", _("This is outside of the city."))
            if not (south <= lat <= north):
                self.add_error("lat", _("This is outside of the city."))
        return said


@staff(SEE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All stations, also those that are not shown."""
    found = {one.hub.pk: one for one in now.stations()}
    rows = [(hub, found.get(hub.pk)) for hub in Hub.objects.select_related("place")]
    return page(request, "hubs", rows=rows)


@staff(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """A new station, or one to be changed; below it what lies near."""
    hub = get_object_or_404(Hub.objects.select_related("place"), slug=slug) if slug else None
    form = HubForm(request.POST or None, instance=hub, initial=_initial(hub))
    if request.method == "POST" and form.is_valid():
        made = _save(form, hub, request)
        messages.success(request, _("Saved."))
        return redirect("mobility_hubs-staff:hub", made.slug)
    told: dict[str, Any] = {"form": form, "hub": hub, "problems": problems(form)}
    if hub is not None:
        told["near"] = _near(hub)
    return page(request, "hub", status=422 if form.errors else 200, **told)


def _initial(hub: Hub | None) -> dict[str, Any]:
    if hub is None:
        return {}
    place = hub.place
    return {"name": place.name, "name_en": place.name_en, "lat": place.lat, "lon": place.lon}


def _save(form: HubForm, hub: Hub | None, request: HttpRequest) -> Hub:
    said = form.cleaned_data
    with transaction.atomic():
        place = hub.place if hub else Place(kind=HUB)
        place.name, place.name_en = said["name"], said["name_en"]
        place.geometry = point(said["lon"], said["lat"])
        place.save()
        made: Hub = form.save(commit=False)
        made.place, made.changed = place, clock.now()
        made.save()
        record(person(request), "mobility_hubs.hub_change" if hub else "mobility_hubs.hub_new",
               made, changed=form.changed_data)  # fmt: skip
    return made


def _near(hub: Hub) -> list[dict[str, Any]]:
    """What belongs to the station now, and what staff took out."""
    taken = {(one.standard, one.uid) for one in hub.members.filter(shown=False)}
    joint = next((one for one in now.stations() if one.hub.pk == hub.pk), None)
    rows: list[dict[str, Any]] = []
    if joint is not None:
        fixed = [one for one in joint.elements if not one.uid.startswith(now.LOOSE)]
        rows = [_row(hub, one, shown=True) for one in fixed]
        rows += [_row(hub, one, shown=True) for one in joint.stops]
        rows += [_row(hub, one, shown=False) for one in joint.out]
    known = {(one["standard"], one["uid"]) for one in rows}
    # What staff took out and nobody offers any more.
    rows += [{"standard": standard, "uid": uid, "name": uid, "metres": None, "shown": False}
             for standard, uid in sorted(taken - known)]  # fmt: skip
    return [{**one, "title": STANDARDS[one["standard"]]} for one in rows]


def _row(hub: Hub, one: now.Element | Stop, *, shown: bool) -> dict[str, Any]:
    if isinstance(one, Stop):
        standard, uid = one.key
        away = round(metres(hub.place.lon or 0, hub.place.lat or 0, one.lon, one.lat))
        name = f"{one.name} {one.platform}".strip()
        return {"standard": standard, "uid": uid, "name": name, "metres": away, "shown": shown}
    return {"standard": one.standard, "uid": one.uid, "name": one.name, "metres": one.metres,
            "shown": shown}  # fmt: skip


@staff(MANAGE)
@require_POST
def parts(request: HttpRequest, slug: str) -> HttpResponse:
    """Take something out, or let its distance decide again."""
    hub = get_object_or_404(Hub, slug=slug)
    standard, uid = request.POST.get("standard", ""), request.POST.get("uid", "")[:200]
    what = request.POST.get("do", "")
    if standard in STANDARDS and uid and what in ("out", "in", "forget"):
        with transaction.atomic():
            mine = Member.objects.filter(hub=hub, standard=standard, uid=uid)
            if what == "forget":
                mine.delete()
            else:
                Member.objects.update_or_create(
                    hub=hub, standard=standard, uid=uid, defaults={"shown": what == "in"}
                )
            record(person(request), "mobility_hubs.hub_parts", hub, part=uid, do=what)
        messages.success(request, _("Saved."))
    return redirect("mobility_hubs-staff:hub", hub.slug)
