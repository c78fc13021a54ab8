"""Addresses of the catalogue for machines, below the root."""

from django.urls import URLPattern, path, re_path

from stadtkern.kernel.catalogue.dcat import feeds, pages

app_name = "dcat"
ENDINGS = "(?P<format>ttl|rdf|xml|jsonld|json)"
urlpatterns: list[URLPattern] = [
    path("data/catalog", pages.catalog, name="catalog-any"),
    re_path(rf"^data/catalog\.{ENDINGS}$", pages.catalog, name="catalog"),
    path("data/datasets/<slug:slug>", pages.dataset, name="dataset-any"),
    re_path(rf"^data/datasets/(?P<slug>[-\w]+)\.{ENDINGS}$", pages.dataset, name="dataset"),
    path("data/feed.atom", feeds.catalogue, name="feed"),
    path("data/datasets/<slug:slug>.atom", feeds.dataset, name="dataset-feed"),
]
