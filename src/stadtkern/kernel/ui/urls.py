"""Addresses of the shared parts; the site includes them outside its language prefix."""

from django.urls import path

from stadtkern.kernel.ui import views

app_name = "ui"
urlpatterns = [
    path("ui/colours.css", views.colours, name="colours"),
    path("ui/mark.svg", views.mark, name="mark"),
]
