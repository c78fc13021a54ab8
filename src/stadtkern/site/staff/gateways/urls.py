"""Addresses of the staff's pages about gateways."""

from django.urls import URLPattern, path

from stadtkern.site.staff.gateways import change, coverage, listing, one

urlpatterns: list[URLPattern] = [
    path("staff/gateways/", listing.gateways, name="staff-gateways"),
    path("staff/gateways/coverage/", coverage.coverage, name="staff-coverage"),
    path("staff/gateways/coverage.geojson", coverage.data, name="staff-coverage-data"),
    path("staff/gateways/<int:number>/", one.gateway, name="staff-gateway"),
    path("staff/gateways/<int:number>/load.json", one.data, name="staff-gateway-load"),
    path("staff/gateways/<int:number>/change/", change.change, name="staff-gateway-change"),
]
