"""What a phone keeps of the officer's page, so that it opens again without a connection."""

import json
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking_tickets.logic import envelopes
from stadtkern.systems.parking_tickets.staff.control import page, person
from stadtkern.systems.parking_tickets.staff.look import LookForm

FILES: Final = ("stadtkern/site.css", "parking_tickets/control.css", "stadtkern/city-check.js")
FONTS: Final = ("FiraSans-Regular", "FiraSans-Bold")


@staff("parking_tickets.check")
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The page without anything of a check, a session or a name: it lies on the phone."""
    who = person(request).public_id
    return page(request, "shell", form=LookForm(), who=who, jwk=envelopes.public_key())


@staff("parking_tickets.check")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker with what it keeps; it rules the officer's page alone."""
    fonts = [f"{settings.STATIC_URL}stadtkern/fonts/{one}.woff2" for one in FONTS]
    files = [*map(static, FILES), *fonts, reverse("ui:colours"), reverse("ui:mark")]
    kept: dict[str, Any] = {"page": reverse("parking_tickets-staff:look"), "files": files,
                            "shell": reverse("parking_tickets-staff:look-shell")}  # fmt: skip
    marks = [kept, get_language(), str(person(request).public_id), envelopes.public_key()]
    kept["version"] = sha256(json.dumps(marks).encode()).hexdigest()[:12]
    address = json.dumps(static("stadtkern/check-worker.js"))
    body = f"self.CHECK = {json.dumps(kept)};\nimportScripts({address});\n"
    answer = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "private, no-cache"
    return answer
