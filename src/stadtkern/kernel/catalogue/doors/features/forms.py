"""JSON for programs or a page for people, links between both, and parameters that nobody knows."""

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.doors.answers import JSON, Refused, json_answer
from stadtkern.kernel.catalogue.doors.links import NAMESPACE

HTML: Final = "text/html"
GEOJSON: Final = "application/geo+json"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA: Final = "application/schema+json"


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
        if name != "f" and name not in known:
            raise Refused(name, "there is no such parameter")


def url(request: HttpRequest, name: str, *args: Any) -> str:
    """The absolute address of one of our doors."""
    return address.base(request) + reverse(f"{NAMESPACE}:{name}", args=args)


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
    context = {"told": told, "home": url(request, "features"), **more}
    return render(request, f"catalogue/features/{template}.html", context)
