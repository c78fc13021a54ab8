"""The last step: everything once more, then the device is made and its first value awaited."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device, Draft, Profile, Uplink
from stadtkern.kernel.devices.onboarding import making, places
from stadtkern.kernel.devices.onboarding.observed import observed
from stadtkern.kernel.devices.redecode import Selection, begin
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import Datastream
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.onboarding import drafts
from stadtkern.site.staff.page import page


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def summary(request: HttpRequest, number: int) -> HttpResponse:
    """All answers on one page."""
    draft = drafts.mine(request, number)
    missing = drafts.next_step(draft)
    profile = drafts.profile_of(draft)
    if missing != "summary" or profile is None:
        return redirect(drafts.address(draft, missing if profile else "profile"))
    if request.method == "POST":
        try:
            return _made(request, draft, profile)
        except IntegrityError:
            messages.error(request, _("Somebody else has made this device meanwhile."))
            return redirect(drafts.address(draft, "label"))
    only = draft.said["only"]
    place = drafts.place_of(draft)
    return drafts.shown(
        request,
        draft,
        "summary",
        profile=profile,
        place=place,
        spot=_spot(draft, place),
        properties=[(o, draft.said["titles"].get(o.slug, "")) for o in observed(profile)
                    if o.slug in only],
        earlier=Uplink.objects.filter(device=None, dev_eui=draft.dev_eui).count(),
    )  # fmt: skip


def _spot(draft: Draft, place: Place | None) -> tuple[float | None, float | None]:
    if place is not None:
        return place.lat, place.lon
    return draft.said.get("lat"), draft.said.get("lon")


def _made(request: HttpRequest, draft: Draft, profile: Profile) -> HttpResponse:
    said = draft.said
    actor = person(request)
    with transaction.atomic():
        wanted = making.NewDevice(
            dev_eui=draft.dev_eui,
            name=said["name"],
            profile=profile,
            place=_place(draft),
            only=tuple(said["only"]),
            titles=said["titles"],
            join_eui=said.get("join_eui", ""),
            labels=tuple(said.get("labels", ())),
            sealed=bytes(draft.keys) if draft.keys is not None else None,
        )
        (device,) = making.make([wanted], actor=actor)
        draft.device, draft.keys = device, None
        draft.save()
        decode_earlier(device, actor)
    return redirect("staff-device-new-done", draft.pk)


def _place(draft: Draft) -> Place | places.NewPlace:
    if place := drafts.place_of(draft):
        return place
    said = draft.said
    return places.NewPlace(
        name=said["place_name"], kind=said["place_kind"], lon=said["lon"], lat=said["lat"]
    )


def decode_earlier(device: Device, actor: Any) -> int:
    """Have decoded what a device sent before it was known; returns how many messages that are."""
    rows = Uplink.objects.filter(device=device, event="up")
    span = rows.aggregate(first=Min("time"), last=Max("time"))
    if span["first"] is None:
        return 0
    end = max(span["last"], clock.now()) + timedelta(minutes=1)
    run = begin(Selection(devices=(device.pk,), start=span["first"], end=end), actor=actor)
    return int(run.total)


@staff("devices.edit")
def done(request: HttpRequest, number: int) -> HttpResponse:
    """The device is made; its first value appears here by itself."""
    author = person(request).get_username()
    rows = Draft.objects.select_related("device__thing__place", "device__profile")
    draft = get_object_or_404(rows, pk=number, author=author, device__isnull=False)
    device = draft.device
    assert device is not None
    streams = Datastream.objects.to_show().filter(thing=device.thing_id)
    values = [stream for stream in streams if getattr(stream, "latest", None)]
    last = Uplink.objects.defer("raw").filter(device=device).order_by("-id").first()
    return page(request, "onboarding/done", device=device, values=values, last=last, draft=draft)
