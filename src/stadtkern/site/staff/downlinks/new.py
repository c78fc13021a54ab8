"""A new downlink: choose a device, write, look at what would be sent, send."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.devices import downlinks
from stadtkern.kernel.devices.downlinks import address, encoding
from stadtkern.kernel.devices.downlinks.limits import limit
from stadtkern.kernel.devices.downlinks.send import Checked, check
from stadtkern.kernel.devices.models import Device, Profile
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.dev_eui import readable
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.downlinks import words
from stadtkern.site.staff.downlinks.form import DownlinkForm
from stadtkern.site.staff.page import page

OFFERED = 20


@dataclass(frozen=True, kw_only=True)
class Template:
    """A command that the profile brings as an example of its encoder."""

    title: str
    data: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The bytes that would be sent, and what the codec's own decoder reads in them."""

    made: Checked
    most: int
    words: str
    problem: str

    @property
    def bytes(self) -> str:
        """In hexadecimal digits."""
        return self.made.payload.hex(" ")


@staff("devices.send")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Without a device in the address, choose one first."""
    number = request.GET.get("device", "")
    if not number.isascii() or not number.isdecimal() or len(number) > 18:
        return _choose(request)
    device = get_object_or_404(Device.objects.select_related("profile", "network"), pk=int(number))
    encodes = encoding.encodes(device.profile)
    templates = templates_of(device.profile) if encodes else []
    form = DownlinkForm(
        request.POST or None,
        encodes=encodes,
        initial=_begun(templates, request.GET.get("template", "")),
    )
    said: dict[str, Any] = {"templates": templates}
    if request.method == "POST" and form.is_valid():
        try:
            if "send" in request.POST:
                return _sent(request, device, form)
            said["preview"] = preview(device, check(device, **form.message()))
        except downlinks.Refused as problem:
            form.add_error(None, str(problem))
    return _written(request, device, form, said)


def _sent(request: HttpRequest, device: Device, form: DownlinkForm) -> HttpResponse:
    made = downlinks.send(device, **form.message(), **form.wishes(), author=person(request))
    messages.success(request, _("The downlink for “%(name)s” is on its way.") % {"name": device})
    return redirect("staff-downlink", made.pk)


def _written(
    request: HttpRequest, device: Device, form: DownlinkForm, said: Mapping[str, Any]
) -> HttpResponse:
    where = address.of(device)
    return page(
        request,
        "downlinks/new",
        status=422 if form.errors else 200,
        device=device,
        form=form,
        where=where,
        most=limit(where.spreading_factor),
        window=words.window(device),
        **said,
    )


def _choose(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    found = Device.objects.select_related("profile").order_by("name", "pk")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(dev_eui__contains=readable(text)))
    rows = list(found[: OFFERED + 1])
    return page(request, "downlinks/choose", q=text, found=rows[:OFFERED], more=len(rows) > OFFERED)


def templates_of(profile: Profile) -> list[Template]:
    """The examples of the codec's encoder, each data once."""
    found: dict[str, Template] = {}
    for example in profile.examples:
        if example.get("function") != "encodeDownlink":
            continue
        given = example.get("input")
        data = given.get("data") if isinstance(given, dict) else None
        if isinstance(data, dict):
            text = msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
            title = str(example.get("description") or "") or msgspec.json.encode(data).decode()
            found.setdefault(text, Template(title=title[:80], data=text))
    return list(found.values())


def preview(device: Device, made: Checked) -> Preview:
    """What would go out."""
    read, problem = "", ""
    if encoding.decodes(device.profile):
        understood = encoding.words(device.profile, made.payload, made.f_port)
        problem = understood.problem or ""
        data = msgspec.json.encode(understood.data)
        read = "" if problem else msgspec.json.format(data, indent=2).decode()
    most = limit(address.of(device).spreading_factor)
    return Preview(made=made, most=most, words=read, problem=problem)


def _begun(templates: list[Template], chosen: str) -> dict[str, Any]:
    initial: dict[str, Any] = {"how": "data", "priority": 0, "lifetime": "day"}
    if chosen.isascii() and chosen.isdecimal() and len(chosen) < 6 and int(chosen) < len(templates):
        initial["content"] = templates[int(chosen)].data
    return initial
