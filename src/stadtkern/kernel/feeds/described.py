"""How a system tells programs what they may ask: its own OpenAPI document, with the city's name."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.people.access import public


def openapi(file: Path, slug: str) -> Callable[..., HttpResponseBase]:
    """A view for `/api/<slug>/openapi.json` of the document (OpenAPI 3) in this file."""

    @public
    @require_safe
    @cache_control(public=True, max_age=3600)
    def described(request: HttpRequest) -> HttpResponse:
        told = msgspec.json.decode(file.read_bytes())
        told["servers"] = [{"url": f"/api/{slug}"}]
        told["info"]["title"] = f"{registry.city().title}: {told['info']['title']}"
        answer = HttpResponse(msgspec.json.encode(told), content_type="application/json")
        answer["Access-Control-Allow-Origin"] = "*"
        return answer

    return described
