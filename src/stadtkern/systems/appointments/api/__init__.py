"""The addresses for programs: concerns, offices and free times for all; booking with a key."""

from django.urls import URLPattern, re_path

from stadtkern.systems.appointments.api import reading, writing

app_name = "appointments-api"
KEY = r"(?P<public_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
# With and without a slash at the end: no program is sent elsewhere.
urlpatterns: list[URLPattern] = [
    re_path(r"^services/?$", reading.services, name="services"),
    re_path(r"^offices/?$", reading.offices, name="offices"),
    re_path(r"^times/?$", reading.free_times, name="times"),
    re_path(r"^bookings/?$", writing.book, name="book"),
    re_path(rf"^bookings/{KEY}/?$", writing.booking, name="booking"),
]
