"""Addresses of boards for everybody."""

from django.urls import URLPattern, path

from stadtkern.site.boards import pages

urlpatterns: list[URLPattern] = [
    path("", pages.listing, name="boards"),
    path("<slug:slug>/", pages.board, name="board"),
]
