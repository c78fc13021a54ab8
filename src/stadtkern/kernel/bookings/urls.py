"""Addresses of the bookings' own pages."""

from django.urls import path

from stadtkern.kernel.bookings import feeds, pages

app_name = "bookings"

urlpatterns = [
    path("offer/<str:token>/", pages.offer, name="offer"),
    path("calendar/<str:secret>.ics", feeds.calendar, name="calendar"),
]
