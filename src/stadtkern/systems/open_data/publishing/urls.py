"""Addresses of publishing, below /staff/open_data/."""

from django.urls import URLPattern, path

from stadtkern.systems.open_data.publishing import (
    correcting,
    describing,
    detail,
    listing,
    releasing,
    understood,
    uploading,
)

ONE = "datasets/<slug:slug>/"
UPLOAD = "uploads/<int:number>/"

urlpatterns: list[URLPattern] = [
    path("", listing.datasets, name="datasets"),
    path("new/", uploading.new, name="new"),
    path(UPLOAD, understood.upload, name="upload"),
    path(f"{UPLOAD}problems.csv", understood.oddities, name="oddities"),
    path(f"{UPLOAD}take/", understood.take, name="take"),
    path(f"{UPLOAD}discard/", understood.discard, name="discard"),
    path(f"{UPLOAD}<int:place>/", correcting.table, name="table"),
    path(f"{UPLOAD}<int:place>/layers.json", understood.layers, name="upload-layers"),
    path(f"{UPLOAD}<int:place>/pins.geojson", understood.pins, name="upload-pins"),
    path(ONE, detail.dataset, name="dataset"),
    path(f"{ONE}describe/", describing.describe, name="describe"),
    path(f"{ONE}check/", releasing.check, name="check"),
    path(f"{ONE}publish/", releasing.publish, name="publish"),
    path(f"{ONE}withdraw/", releasing.withdraw, name="withdraw"),
    path(f"{ONE}delete/", releasing.delete, name="delete"),
    path(f"{ONE}add/", uploading.add, name="add"),
    path(f"{ONE}tables/<slug:part>/", detail.history, name="history"),
    path(f"{ONE}tables/<slug:part>/renew/", uploading.renew, name="renew"),
    path(f"{ONE}tables/<slug:part>/versions/<int:number>/restore/", detail.restore, name="restore"),
]
