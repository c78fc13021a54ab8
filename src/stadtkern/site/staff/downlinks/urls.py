"""Addresses of the staff's pages about downlinks."""

from django.urls import URLPattern, path

from stadtkern.site.staff.downlinks import detail, listing, new

urlpatterns: list[URLPattern] = [
    path("staff/downlinks/", listing.downlinks, name="staff-downlinks"),
    path("staff/downlinks/new/", new.create, name="staff-downlink-new"),
    path("staff/downlinks/<int:number>/", detail.downlink, name="staff-downlink"),
    path("staff/downlinks/<int:number>/cancel/", detail.cancel, name="staff-downlink-cancel"),
    path("staff/downlinks/<int:number>/again/", detail.repeat, name="staff-downlink-again"),
]
