"""Devices that send already but that nobody has made yet."""

from django.http import HttpRequest, HttpResponse

from stadtkern.kernel.devices.onboarding.waiting import strangers
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.dev_eui import readable
from stadtkern.site.staff.page import page

SHOWN = 200


@staff("devices.edit")
def waiting(request: HttpRequest) -> HttpResponse:
    """Unknown devices, the one heard last first."""
    search = request.GET.get("q", "").strip()[:40]
    found = strangers(readable(search), limit=SHOWN + 1)
    return page(
        request,
        "onboarding/waiting",
        found=found[:SHOWN],
        more=len(found) > SHOWN,
        search=search,
    )
