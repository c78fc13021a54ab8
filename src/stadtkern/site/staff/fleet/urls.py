"""Addresses of the staff's pages about devices in the field."""

from django.urls import URLPattern, path

from stadtkern.site.staff.fleet import many, map, saved, signal, words

urlpatterns: list[URLPattern] = [
    path("staff/devices/layers.json", map.layers, name="staff-devices-layers"),
    path("staff/devices/pins.geojson", map.pins, name="staff-devices-pins"),
    path("staff/devices/many/", many.many, name="staff-devices-many"),
    path("staff/devices/many/<int:number>/undo/", many.undo, name="staff-devices-undo"),
    path("staff/devices/filters/", saved.save, name="staff-devices-filter"),
    path("staff/devices/filters/<int:number>/", saved.forget, name="staff-devices-forget"),
    path("staff/devices/<int:number>/signal.json", signal.data, name="staff-device-signal"),
    path("staff/devices/<int:number>/words/", words.change, name="staff-device-words"),
]
