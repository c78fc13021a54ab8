"""Addresses of the staff's pages about onboarding."""

from django.urls import URLPattern, path

from stadtkern.site.staff.onboarding import (
    change,
    imports,
    label,
    measures,
    place,
    profile,
    replace,
    summary,
    waiting,
)

NEW = "staff/devices/new/"
DRAFT = f"{NEW}<int:number>/"
ONE = "staff/devices/<int:number>/"

urlpatterns: list[URLPattern] = [
    path(NEW, label.create, name="staff-device-new"),
    path(f"{NEW}waiting/", waiting.waiting, name="staff-device-new-waiting"),
    path(f"{NEW}import/", imports.upload, name="staff-device-new-import"),
    path(f"{NEW}import/<int:number>/", imports.listed, name="staff-device-new-list"),
    path(f"{NEW}import/<int:number>/report/", imports.report, name="staff-device-new-report"),
    path(f"{DRAFT}profile/", profile.choose, name="staff-device-new-profile"),
    path(f"{DRAFT}place/", place.choose, name="staff-device-new-place"),
    path(f"{DRAFT}measures/", measures.choose, name="staff-device-new-measures"),
    path(f"{DRAFT}summary/", summary.summary, name="staff-device-new-summary"),
    path(f"{DRAFT}done/", summary.done, name="staff-device-new-done"),
    path(f"{ONE}change/", change.change, name="staff-device-change"),
    path(f"{ONE}move/", change.move, name="staff-device-move"),
    path(f"{ONE}replace/", replace.replace, name="staff-device-replace"),
]
