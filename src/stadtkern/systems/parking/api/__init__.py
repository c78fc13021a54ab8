"""The addresses for programs: where to park near a destination."""

from django.urls import URLPattern, re_path

from stadtkern.systems.parking.api import near

app_name = "parking-api"
# With and without a slash at the end: no program is sent elsewhere.
urlpatterns: list[URLPattern] = [
    re_path(r"^near/?$", near.near, name="near"),
    re_path(r"^openapi\.json$", near.openapi, name="openapi"),
]
