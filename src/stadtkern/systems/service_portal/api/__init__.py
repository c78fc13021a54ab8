"""The addresses for programs: what back offices tell by themselves, and our keys for them."""

from pathlib import Path

from django.urls import URLPattern, re_path

from stadtkern.kernel.feeds import described
from stadtkern.systems.service_portal.api import back_offices, catalogue

app_name = "service_portal-api"
OPENAPI = Path(__file__).with_name("openapi.json")
OFFICE = r"^back-offices/(?P<slug>[-a-z0-9_]+)"
# With and without a slash at the end: no program is sent elsewhere.
urlpatterns: list[URLPattern] = [
    re_path(r"^openapi\.json$", described.openapi(OPENAPI, "service_portal"), name="openapi"),
    re_path(r"^xzufi\.xml/?$", catalogue.xzufi, name="xzufi"),
    re_path(rf"{OFFICE}/callback/?$", back_offices.callback, name="callback"),
    re_path(rf"{OFFICE}/words/?$", back_offices.words, name="words"),
    re_path(rf"{OFFICE}/keys/?$", back_offices.keys, name="keys"),
]
