"""The description of these addresses for programs (OpenAPI 3.1)."""

from pathlib import Path

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.people.access import public
from stadtkern.systems.parking_tickets.api.door import answer

FILE = Path(__file__).with_name("openapi.json")


@public
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """What providers of apps and programs of officers can ask."""
    told = msgspec.json.decode(FILE.read_bytes())
    told["servers"] = [{"url": request.build_absolute_uri("/api/parking_tickets")}]
    told["info"]["title"] = f"{registry.city().title}: {told['info']['title']}"
    response = answer(told)
    response["Access-Control-Allow-Origin"] = "*"
    return response
