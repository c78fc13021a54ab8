"""The addresses for programs: concerns, offices and free times for all; booking with a key."""

from pathlib import Path

from django.urls import URLPattern, re_path

from stadtkern.kernel.feeds import described
from stadtkern.systems.appointments.api import reading, writing

app_name = "appointments-api"
OPENAPI = Path(__file__).with_name("openapi.json")
KEY = r"(?P<public_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
# With and without a slash at the end: no program is sent elsewhere.
urlpatterns: list[URLPattern] = [
    re_path(r"^openapi\.json$", described.openapi(OPENAPI, "appointments"), name="openapi"),
    re_path(r"^services/?$", reading.services, name="services"),
    re_path(r"^offices/?$", reading.offices, name="offices"),
    re_path(r"^times/?$", reading.free_times, name="times"),
    re_path(r"^bookings/?$", writing.book, name="book"),
    re_path(rf"^bookings/{KEY}/?$", writing.booking, name="booking"),
]
