"""One message once more through its device's codec, while the reader waits."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.devices.models import Device, Uplink
from stadtkern.kernel.devices.redecode import Redecoded, redecode
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person

MOMENT = timedelta(microseconds=1)


@staff("devices.edit")
@require_POST
def decode_one(request: HttpRequest, number: int) -> HttpResponse:
    """One message through its device's present codec."""
    uplink = get_object_or_404(Uplink.objects.defer("raw"), pk=number)
    device = Device.objects.filter(dev_eui=uplink.dev_eui).first() if uplink.dev_eui else None
    if device is None:
        messages.error(request, _("This message belongs to no device. Create the device first."))
    else:
        end = uplink.time + MOMENT
        _tell(request, redecode([device.pk], uplink.time, end, actor=person(request)))
    return redirect("staff-uplink", number)


def _tell(request: HttpRequest, done: Redecoded) -> None:
    said = {"uplinks": done.uplinks, "observations": done.observations, "failed": done.failed}
    if done.failed:
        text = _("%(uplinks)d messages decoded again, %(failed)d failed; %(observations)d values.")
        messages.warning(request, text % said)
    else:
        text = _("%(uplinks)d messages decoded again: %(observations)d values.")
        messages.success(request, text % said)
