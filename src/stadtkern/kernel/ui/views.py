"""The city's colours and mark as files, since a strict CSP allows no inline style."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.people.access import public
from stadtkern.kernel.ui.colour import palette

COLOURS = (
    ":root{{--city:{p.city};--city-wash:{p.wash};--city-text:{p.text};"
    "--city-bright:{p.bright};--city-deep:{p.deep}}}\n"
    "@media(prefers-color-scheme:dark){{:root{{--city:{p.dark_city};--city-wash:{p.dark_wash};"
    "--city-text:{p.dark_text}}}}}\n"
    "@media print{{:root{{--city:{p.city};--city-wash:{p.wash};--city-text:{p.text}}}}}\n"
)
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 30">'
    '<clipPath id="c"><rect width="30" height="30" rx="8"/></clipPath>'
    '<g clip-path="url(#c)"><path fill="#12181f" d="M0 0h30v30H0z"/>'
    '<path fill="{p.deep}" d="M0 0h30L15 15z"/>'
    '<path fill="{p.bright}" d="M0 0v30l15-15zM30 0v30L15 15z"/></g></svg>'
)


def _etag(request: HttpRequest) -> str:
    return f'"{registry.city().city.colour.lower().removeprefix("#")}-1"'


@public
@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=_etag)
def colours(request: HttpRequest) -> HttpResponse:
    """The colour properties that `site.css` builds on, derived from `city.colour`."""
    return HttpResponse(_filled(COLOURS), content_type="text/css; charset=utf-8")


@public
@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=_etag)
def mark(request: HttpRequest) -> HttpResponse:
    """The sign of the site in the city's colour, for the browser's tab."""
    return HttpResponse(_filled(MARK), content_type="image/svg+xml")


def _filled(text: str) -> str:
    return text.format(p=palette(registry.city().city.colour))
