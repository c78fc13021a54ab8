"""`/api/`: what programs can ask the city, in plain words and with requests to try."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.kernel.sensorthings.http import PREFIX
from stadtkern.kernel.sensorthings.live import endpoints
from stadtkern.kernel.things import visibility
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.visibility import PUBLIC
from stadtkern.site import mqtt
from stadtkern.site.api.builder import RequestForm
from stadtkern.site.api.examples import Example, examples
from stadtkern.site.api.interfaces import interfaces
from stadtkern.site.feeds import overview


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The requests to try, and one that the form puts together."""
    base = request.build_absolute_uri(PREFIX)
    stream = _series()
    form = _form(request, stream)
    context: dict[str, Any] = {
        "base": base,
        "stream": stream,
        "examples": list(examples(base, stream.pk)) if stream else [],
        "form": form,
        "built": _built(form, base),
        "broker": _broker(base),
        "broker_takes_keys": mqtt.takes_keys(),
        "feeds": overview.addresses(),
        "interfaces": list(interfaces()),
    }
    return render(request, "site/api.html", context)


def _broker(base: str) -> SplitResult | None:
    """Where the service root says that messages are, if it knows an address."""
    for one in endpoints.settings(base).values():
        return urlsplit(one["endpoints"][0])
    return None


def _series() -> Datastream | None:
    """A public series with numbers, the one heard of last."""
    known = Datastream.objects.filter(visibility.datastreams(PUBLIC), latest__value__isnull=False)
    found: Datastream | None = known.order_by("-latest__at", "id").first()
    return found


def _form(request: HttpRequest, stream: Datastream | None) -> RequestForm:
    if "datastream" in request.GET:
        return RequestForm(request.GET)
    usual = {"datastream": stream.pk if stream else 1, "what": "P1D", "days": 30, "form": "JSON"}
    return RequestForm(initial=usual)


def _built(form: RequestForm, base: str) -> Example | None:
    if not form.is_bound or not form.is_valid():
        return None
    return Example(slug="built", title="", about="", url=form.url(base))
