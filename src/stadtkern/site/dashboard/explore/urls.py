"""Addresses of the explorer."""

from django.urls import URLPattern, path

from stadtkern.site.dashboard.explore import about, pages, table

urlpatterns: list[URLPattern] = [
    path("", pages.page, name="explore"),
    path("about/", about.page, name="explore-about"),
    path("view.csv", table.file, name="explore-csv"),
]
