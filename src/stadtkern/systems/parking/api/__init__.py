"""The addresses for programs: where to park near a destination."""

from pathlib import Path

from django.urls import URLPattern, re_path

from stadtkern.kernel.feeds import described
from stadtkern.systems.parking.api import near

app_name = "parking-api"
OPENAPI = Path(__file__).with_name("openapi.json")
# With and without a slash at the end: no program is sent elsewhere.
urlpatterns: list[URLPattern] = [
    re_path(r"^near/?$", near.near, name="near"),
    re_path(r"^openapi\.json$", described.openapi(OPENAPI, "parking"), name="openapi"),
]
