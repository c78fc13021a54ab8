"""The public pages of service_reuse."""

from django.urls import URLPattern, path

from stadtkern.systems.service_reuse.pages import home

app_name = "service_reuse"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
]
