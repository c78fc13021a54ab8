"""What the city's signs show, as DATEX II."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from stadtkern.kernel import clock, feeds, registry
from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.site.feeds.door import XML, View, answer, feed
from stadtkern.site.feeds.publication import Signs
from stadtkern.site.feeds.writers import datex2_vms


def _view(write: Callable[[Signs], bytes]) -> View:
    @feed
    def published(request: HttpRequest) -> HttpResponseBase:
        told = _told(request)
        return answer(request, told.signs, told.changed, XML, lambda: write(told))

    return published


def _told(request: HttpRequest) -> Signs:
    """The standard has no empty list. Raises Refused (404) where there is no sign."""
    found = sorted(feeds.records("signs"), key=lambda one: one.id)
    if not found:
        raise Refused("signs", "there is no sign with changing messages", status=404)
    city = registry.city()
    return Signs(
        signs=found, generated=clock.now(), base=request.build_absolute_uri("/").rstrip("/"),
        city=city.city.name, publisher=city.title, time_zone=city.city.time_zone,
    )  # fmt: skip


table = _view(datex2_vms.table)
status = _view(datex2_vms.status)
