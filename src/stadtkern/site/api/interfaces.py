"""Which interfaces describe themselves (OpenAPI): the kernel's doors and those of systems."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

import msgspec
from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.sensorthings.http import PREFIX
from stadtkern.kernel.sensorthings.openapi import document as sensorthings


@dataclass(frozen=True, kw_only=True, slots=True)
class Interface:
    """One of them: `slug` for names, `base` where its addresses begin, `described` where it is."""

    slug: str
    title: str | Promise
    base: str
    described: str

    def document(self, request: HttpRequest) -> dict[str, Any]:
        """Its description, as it is given at its own address."""
        if self.slug == "sensorthings":
            body = b"".join(sensorthings.answer(request.build_absolute_uri(PREFIX)).body)
        else:
            found = resolve(self.described)
            body = found.func(_plain(request), *found.args, **found.kwargs).content
        told: dict[str, Any] = msgspec.json.decode(body)
        return told


def _plain(request: HttpRequest) -> HttpRequest:
    """A GET that takes any answer: what the asker has already says nothing about the parts."""
    asked = copy(request)
    asked.method = "GET"
    asked.META = {key: one for key, one in request.META.items() if not key.startswith("HTTP_IF_")}
    asked.__dict__.pop("headers", None)
    return asked


def interfaces() -> Iterator[Interface]:
    """Those of the kernel, the shared feeds, and of each system that is on."""
    yield Interface(slug="sensorthings", title=_("Sensors and what they measure"), base=PREFIX,
                    described=f"{PREFIX}/{sensorthings.PATH}")  # fmt: skip
    if registry.is_on("open_data"):
        yield from _tables()
    yield Interface(slug="feeds", title=_("Standards of mobility"), base="/api",
                    described=reverse("feeds-openapi"))  # fmt: skip
    for system in registry.active():
        try:
            described = reverse(f"{system.slug}-api:openapi")
        except NoReverseMatch:
            continue
        yield Interface(slug=system.slug, title=system.title, base=f"/api/{system.slug}",
                        described=described)  # fmt: skip


def _tables() -> Iterator[Interface]:
    for slug, title, name in (
        ("features", _("Published tables with places (OGC API Features)"), "features-openapi"),
        ("tables", _("Published tables, row by row"), "tables-openapi"),
    ):
        described = reverse(f"open_data-doors:{name}")
        yield Interface(slug=slug, title=title, base=f"/api/{slug}", described=described)
