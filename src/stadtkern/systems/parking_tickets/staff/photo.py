"""A photo of a plate: read, answered with suggestions, and gone with the request."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking_tickets.logic.scanning import reader
from stadtkern.systems.parking_tickets.staff.control import page
from stadtkern.systems.parking_tickets.staff.look import whole


class InMemory(MemoryFileUploadHandler):
    """No photo is written to the disk, not even for the time of the request."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, *rest: Any, **more: Any  # noqa: N803
    ) -> None:  # fmt: skip
        """Takes up to what a photo may have; Django's own would leave large ones to the disk."""
        self.activated = content_length <= reader.MOST_BYTES


@csrf_exempt  # Only here: the form is checked once its handlers are known, below.
@staff("parking_tickets.check")
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest) -> HttpResponse:
    """Suggestions for the officer to confirm; nothing is looked up yet.

    Whoever comes back to its address without a photo finds the page for checks.
    """
    if request.method != "POST":
        return redirect("parking_tickets-staff:look")
    request.upload_handlers = [InMemory(request)]
    return _read(request)


@csrf_protect
def _read(request: HttpRequest) -> HttpResponse:
    suggestions, problem = _suggestions(request)
    said = {"read": suggestions, "problem": problem, "photographed": True}
    status = 422 if problem else 200
    if request.headers.get("X-Check") == "1":
        return page(request, "photo", status=status, walks=request.POST.get("zone", "")[:12],
                    **said)  # fmt: skip
    return whole(request, status=status, **said)


def _suggestions(request: HttpRequest) -> tuple[list[str], str]:
    upload = request.FILES.get("photo")
    if upload is None:
        return [], _("Take a photo of at most 8 MB.")
    try:
        return reader.read(upload.read()), ""
    except reader.Unreadable as problem:
        return [], str(problem)
