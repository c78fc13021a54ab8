"""Absolute addresses of the catalogue, its datasets and the doors to them."""

import os
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override

from stadtkern.kernel import registry

SENSORTHINGS: Final = "/api/sensorthings/v1.1"
FEATURES: Final = "/api/features"
TABLES: Final = "/api/tables"
CKAN: Final = "/api/3"
TILES: Final = "/api/tiles"


def base(request: HttpRequest | None = None) -> str:
    """`https://daten.stadt.example`: as the city file says, else as the request was addressed.

    IRIs of datasets begin with it, so a city that is known by several names sets `web.address`.
    """
    web = registry.city().web
    if given := web.address or os.environ.get("STADTKERN_ADDRESS", ""):
        return given.rstrip("/")
    if request is not None:
        return request.build_absolute_uri("/").rstrip("/")
    return f"{'https' if web.https else 'http'}://{web.hosts[0]}"


def catalogue_iri(site: str) -> str:
    """The IRI of our catalogue."""
    return site + reverse("open_data-dcat:catalog-any")


def dataset_iri(site: str, slug: str) -> str:
    """The IRI of a dataset; it answers with its page or its description."""
    return site + reverse("open_data-dcat:dataset-any", args=[slug])


def portal(site: str, language: str = "de") -> str:
    """The first page of the portal for people."""
    with override(language):
        return site + reverse("open_data:home")


def page_of(site: str, slug: str, language: str = "de") -> str:
    """The page about a dataset for people."""
    with override(language):
        return site + reverse("open_data:dataset", args=[slug])


def disclaimer(site: str) -> str:
    """The page that says what the data may be used for and who answers for it."""
    with override("de"):
        return site + reverse("open_data:disclaimer")


def absolute(site: str, url: str) -> str:
    """A door's address with the site in front of it, unless it lies elsewhere."""
    return site + url if url.startswith("/") else url
