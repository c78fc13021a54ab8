"""JSON for programs or a page for people, links between both, and parameters that nobody knows."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, get_language_info, override

from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.doors.answers import JSON, Refused, json_answer
from stadtkern.kernel.catalogue.doors.links import NAMESPACE
from stadtkern.kernel.catalogue.models import Version

HTML: Final = "text/html"
GEOJSON: Final = "application/geo+json"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA: Final = "application/schema+json"
View = Callable[..., HttpResponseBase]


def spoken(view: View) -> View:
    """In the language that `lang` asks for: the addresses of doors have none of their own."""

    @wraps(view)
    def said(request: HttpRequest, **names: str) -> HttpResponseBase:
        asked = request.GET.get("lang", settings.LANGUAGE_CODE)
        if asked not in dict(settings.LANGUAGES):
            raise Refused("lang", f"choose {' or '.join(dict(settings.LANGUAGES))}")
        with override(asked):
            return view(request, **names)

    return said


def form(request: HttpRequest) -> str:
    """`json` or `html`: as `f` says, else as the program's or browser's preference."""
    if asked := request.GET.get("f", ""):
        if asked not in ("json", "html"):
            raise Refused("f", "choose json or html")
        return asked
    return "html" if request.headers.get("Accept", "").startswith(HTML) else "json"


def check(request: HttpRequest, known: Iterable[str] = ()) -> None:
    """Part 1, 7.6: a parameter that is not part of the API is refused."""
    for name in request.GET:
        if name not in ("f", "lang") and name not in known:
            raise Refused(name, "there is no such parameter")


def url(request: HttpRequest, name: str, *args: Any) -> str:
    """The absolute address of one of our doors."""
    return address.base(request) + reverse(f"{NAMESPACE}:{name}", args=args)


def frame(request: HttpRequest) -> dict[str, Any]:
    """For pages: what ends an address of another page, and this one in the other language."""
    mine = get_language() or settings.LANGUAGE_CODE
    other = next(code for code, _name in settings.LANGUAGES if code != mine)
    query = request.GET.copy()
    query["f"], query["lang"] = "html", other
    there = {"code": other, "name": get_language_info(other)["name_local"],
             "url": f"{request.path}?{query.urlencode()}"}  # fmt: skip
    end = "f=html" if mine == settings.LANGUAGE_CODE else f"f=html&lang={mine}"
    return {"home": url(request, "features"), "html": end, "other_language": there}


def portal(request: HttpRequest, version: Version) -> str:
    """The page about the dataset in the same language."""
    language = get_language() or settings.LANGUAGE_CODE
    return address.page_of(address.base(request), version.resource.dataset.slug, language)


def link(rel: str, href: str, kind: str, title: str) -> dict[str, str]:
    """A link as OGC API wants it."""
    return {"rel": rel, "href": href, "type": kind, "title": title}


def both(request: HttpRequest, href: str, kind: str = JSON) -> list[dict[str, str]]:
    """This document in the form that was asked for, and in the other one."""
    sign = "&" if "?" in href else "?"
    shown = {"json": (f"{href}{sign}f=json", kind), "html": (f"{href}{sign}f=html", HTML)}
    mine = form(request)
    other = "html" if mine == "json" else "json"
    return [
        link("self", *shown[mine], "This document"),
        link("alternate", *shown[other], f"This document as {other.upper()}"),
    ]


def answer(request: HttpRequest, template: str, told: dict[str, Any], **more: Any) -> HttpResponse:
    """The document, or a page that shows it, with what else the page wants."""
    if form(request) == "json":
        return json_answer(told)
    context = {"told": told, **frame(request), **more}
    return render(request, f"catalogue/features/{template}.html", context)
