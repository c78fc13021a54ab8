"""Addresses of the catalogue's public pages."""

from django.urls import URLPattern, path

from stadtkern.systems.service_portal.pages import companies, home, search, service, situations

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("suche/", search.search, name="search"),
    path("a-z/", home.letters, name="letters"),
    path("unternehmen/", companies.companies, name="companies"),
    path("lebenslagen/<slug:slug>/", situations.situation, name="situation"),
    path("leistung/<slug:slug>/", service.service, name="service"),
    path("leistung/<slug:slug>/hilfreich/", service.helpful, name="helpful"),
]
