"""Addresses of harvesting, below /staff/open_data/."""

from django.urls import URLPattern, path

from stadtkern.systems.open_data.harvesting import records, runs, sources

urlpatterns: list[URLPattern] = [
    path("", sources.sources, name="sources"),
    path("new/", sources.new, name="source-new"),
    path("<int:number>/", sources.source, name="source"),
    path("<int:number>/change/", sources.change, name="source-change"),
    path("<int:number>/begin/", sources.begin, name="source-begin"),
    path("runs/<int:number>/", runs.run, name="run"),
    path("original/<slug:slug>/", runs.original, name="original"),
    path("records/", records.records, name="records"),
]
