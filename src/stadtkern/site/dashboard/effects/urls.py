"""Addresses of effects."""

from django.urls import URLPattern, path

from stadtkern.site.dashboard.effects import around, downloads, listing, page

urlpatterns: list[URLPattern] = [
    path("", listing.effects, name="effects"),
    path("layers.json", listing.layers, name="effects-layers"),
    path("pins.geojson", listing.pins, name="effects-pins"),
    path("<slug:slug>/", page.effect, name="effect"),
    path("<slug:slug>/layers.json", around.layers, name="effect-layers"),
    path("<slug:slug>/pins.geojson", around.pins, name="effect-pins"),
    path("<slug:slug>/area.geojson", around.areas, name="effect-area"),
    path("<slug:slug>/series.csv", downloads.series_csv, name="effect-series"),
    path("<slug:slug>/results.csv", downloads.results_csv, name="effect-results"),
    path("<slug:slug>/analysis.json", downloads.analysis_json, name="effect-json"),
]
