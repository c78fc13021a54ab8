"""The public pages of service_portal."""

from django.urls import URLPattern

from stadtkern.systems.service_portal.pages import catalogue, journey

app_name = "service_portal"
urlpatterns: list[URLPattern] = [
    *catalogue.urlpatterns,
    *journey.urlpatterns,
]
