"""Addresses of the staff pages of the catalogue."""

from django.urls import URLPattern, path

from stadtkern.systems.service_portal.staff import (
    services,
    services_bulk,
    services_edit,
    services_files,
    services_ways,
)

urlpatterns: list[URLPattern] = [
    path("services/", services.services, name="services"),
    path("services/services.csv", services_files.table, name="services-csv"),
    path("services/import/", services_files.take, name="services-import"),
    path("services/office/", services_bulk.office, name="services-office"),
    path("services/new/", services_edit.edit, name="service-new"),
    path("services/<int:number>/", services_edit.edit, name="service"),
    path("services/<int:number>/checked/", services_edit.checked, name="service-checked"),
    path("services/<int:number>/ways/", services_ways.ways, name="service-ways"),
    path("services/<int:number>/ways/<int:way>/", services_ways.act, name="service-way"),
]
