"""The public pages of digital_maturity."""

from django.urls import URLPattern, path

from stadtkern.systems.digital_maturity.pages import downloads, home, method, service

app_name = "digital_maturity"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("method/", method.method, name="method"),
    path("services.csv", downloads.as_csv, name="csv"),
    path("services.json", downloads.as_json, name="json"),
    path("services/<slug:slug>/", service.service, name="service"),
]
