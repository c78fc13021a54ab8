"""Addresses of the staff's pages about messages decoded again."""

from django.urls import URLPattern, path

from stadtkern.site.staff.decoding import choosing, runs, single

AT = "staff/uplinks/decode/"

urlpatterns: list[URLPattern] = [
    path(AT, choosing.decode, name="staff-decode"),
    path(f"{AT}runs/", runs.runs, name="staff-decode-runs"),
    path(f"{AT}runs/<int:number>/", runs.run, name="staff-decode-run"),
    path(f"{AT}runs/<int:number>/stop/", runs.stop_run, name="staff-decode-stop"),
    path(f"{AT}runs/<int:number>/undo/", runs.undo_run, name="staff-decode-undo"),
    path("staff/uplinks/<int:number>/decode/", single.decode_one, name="staff-decode-one"),
]
