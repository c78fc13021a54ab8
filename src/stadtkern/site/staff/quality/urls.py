"""Addresses of the staff's pages about checks of observations."""

from django.urls import URLPattern, path

from stadtkern.site.staff.quality import checks, marks, overview, streams

urlpatterns: list[URLPattern] = [
    path("staff/quality/", overview.overview, name="staff-quality"),
    path("staff/quality/checks/new/", checks.create, name="staff-check-new"),
    path("staff/quality/checks/<int:number>/", checks.change, name="staff-check"),
    path("staff/quality/checks/<int:number>/remove/", checks.remove, name="staff-check-remove"),
    path("staff/quality/datastreams/<int:number>/", streams.stream, name="staff-quality-stream"),
    path("staff/quality/datastreams/<int:number>/again/", marks.again, name="staff-check-again"),
    path("staff/quality/datastreams/<int:number>/mark/", marks.create, name="staff-mark-new"),
    path("staff/quality/marks/<int:number>/remove/", marks.remove, name="staff-mark-remove"),
]
