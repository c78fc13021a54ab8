"""Addresses of the staff's pages about device profiles, their codecs and their mapping."""

from django.urls import URLPattern, path

from stadtkern.site.staff.codecs import editor, history, imports, listing, mapping, new, one

AT = "staff/profiles/"
ONE = f"{AT}<int:number>/"

urlpatterns: list[URLPattern] = [
    path(AT, listing.profiles, name="staff-profiles"),
    path(f"{AT}new/", new.create, name="staff-profile-new"),
    path(f"{AT}imports/", imports.imports, name="staff-imports"),
    path(f"{AT}imports/<int:number>/", imports.one_import, name="staff-import"),
    path(ONE, one.profile, name="staff-profile"),
    path(f"{ONE}change/", new.change, name="staff-profile-change"),
    path(f"{ONE}check/", one.check_now, name="staff-profile-check"),
    path(f"{ONE}release/", one.release, name="staff-profile-release"),
    path(f"{ONE}codec/", editor.codec, name="staff-codec"),
    path(f"{ONE}codec/versions/", history.versions, name="staff-codec-versions"),
    path(f"{ONE}mapping/", mapping.mapping, name="staff-mapping"),
]
