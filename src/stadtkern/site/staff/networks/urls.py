"""Addresses of the staff's pages about networks."""

from django.urls import URLPattern, path

from stadtkern.site.staff.networks import edit, pages, trial

urlpatterns: list[URLPattern] = [
    path("staff/networks/", pages.networks, name="staff-networks"),
    path("staff/networks/new/", edit.create, name="staff-network-new"),
    path("staff/networks/<int:number>/", pages.network, name="staff-network"),
    path("staff/networks/<int:number>/change/", edit.change, name="staff-network-change"),
    path("staff/networks/<int:number>/switch/", edit.switch, name="staff-network-switch"),
    path("staff/networks/<int:number>/token/", edit.renew, name="staff-network-token"),
    path("staff/networks/<int:number>/test/", trial.test, name="staff-network-test"),
]
