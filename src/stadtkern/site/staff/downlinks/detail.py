"""One downlink: how far it is, what it says, and what can still be done."""

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.devices import downlinks
from stadtkern.kernel.devices.downlinks import address, encoding
from stadtkern.kernel.devices.downlinks.change import ENDED
from stadtkern.kernel.devices.models import Downlink
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.downlinks import words
from stadtkern.site.staff.page import page


@staff("devices.see")
def downlink(request: HttpRequest, number: int) -> HttpResponse:
    """One downlink with its steps."""
    one = get_object_or_404(Downlink.objects.select_related("device__profile"), pk=number)
    where = address.of(one.device)
    waits = one.state in words.OPEN
    return page(
        request,
        "downlinks/one",
        one=one,
        sign=words.sign(one),
        why=words.why(one.reason),
        steps=words.passed(one),
        payload=bytes(one.payload).hex(" "),
        data=_pretty(one),
        where=where,
        window=words.window(one.device) if waits else None,
        renewed=words.RENEWED if words.is_open(one) else 0,
        may_cancel=_may(request) and waits and (one.handed is None or where.recalls),
        may_repeat=_may(request) and one.state in ENDED,
    )


@staff("devices.send")
@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Take it back."""
    one = get_object_or_404(Downlink, pk=number)
    try:
        if downlinks.cancel(one, author=person(request)):
            messages.success(request, _("The downlink is cancelled; it never left."))
        else:
            messages.info(request, _("The network is asked to give it back."))
    except downlinks.Refused as problem:
        messages.error(request, str(problem))
    return redirect("staff-downlink", number)


@staff("devices.send")
@require_POST
def repeat(request: HttpRequest, number: int) -> HttpResponse:
    """Send the same once more."""
    one = get_object_or_404(Downlink.objects.select_related("device__profile"), pk=number)
    try:
        again = downlinks.repeat(one, author=person(request))
    except downlinks.Refused as problem:
        messages.error(request, str(problem))
        return redirect("staff-downlink", number)
    messages.success(request, _("The same is on its way again."))
    return redirect("staff-downlink", again.pk)


def _may(request: HttpRequest) -> bool:
    return person(request).may("devices.send")


def _pretty(one: Downlink) -> str:
    """The data it was made of, or what the codec's decoder reads in its bytes."""
    data = one.data
    if data is None and encoding.decodes(one.device.profile):
        read = encoding.words(one.device.profile, bytes(one.payload), one.f_port)
        data = None if read.problem else dict(read.data)
    if data is None:
        return ""
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
