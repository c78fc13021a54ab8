"""Addresses of feedback, below /staff/open_data/."""

from django.urls import path

from stadtkern.systems.open_data.feedback import pages

urlpatterns = [
    path("", pages.letters, name="letters"),
    path("<int:number>/", pages.letter, name="letter"),
]
