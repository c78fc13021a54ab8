"""Addresses of the pages about sign-in services."""

from django.urls import URLPattern, path

from stadtkern.site.staff.identity import pages

AT = "staff/identity/"
urlpatterns: list[URLPattern] = [
    path(AT, pages.providers, name="staff-identity"),
    path(f"{AT}new/", pages.create, name="staff-identity-new"),
    path(f"{AT}<int:number>/", pages.change, name="staff-identity-one"),
    path(f"{AT}<int:number>/do/", pages.do, name="staff-identity-do"),
]
