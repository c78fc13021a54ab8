"""Addresses of the staff pages about effects."""

from django.urls import URLPattern, path

from stadtkern.site.staff.effects import around, listing, one, record, series

urlpatterns: list[URLPattern] = [
    path("staff/effects/", listing.effects, name="staff-effects"),
    path("staff/effects/new/", record.new, name="staff-effect-new"),
    path("staff/effects/<int:number>/", one.one, name="staff-effects-one"),
    path("staff/effects/<int:number>/change/", record.change, name="staff-effect-change"),
    path("staff/effects/<int:number>/series/", series.series, name="staff-effect-series"),
    path("staff/effects/<int:number>/do/", one.do, name="staff-effect-do"),
    path("staff/effects/<int:number>/layers.json", around.layers, name="staff-effects-layers"),
    path("staff/effects/<int:number>/pins.geojson", around.pins, name="staff-effects-pins"),
    path("staff/effects/<int:number>/area.geojson", around.area, name="staff-effects-area"),
    path("staff/effects/analyses/<int:number>/", one.analysis, name="staff-effects-analysis"),
    path(
        "staff/effects/analyses/<int:number>/do/", one.do_analysis, name="staff-effect-analysis-do"
    ),
]
