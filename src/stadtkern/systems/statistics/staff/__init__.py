"""The staff pages of statistics."""

from django.urls import path

from stadtkern.systems.statistics.staff import editions, items, tables, uploads

# A name of its own: under the public one, links to public tables would stay among staff pages.
app_name = "statistics-staff"
urlpatterns = [
    path("", tables.listing, name="tables"),
    path("new/", tables.new, name="new"),
    path("tables/<slug:slug>/", tables.page, name="table"),
    path("tables/<slug:slug>/change/", tables.change, name="change"),
    path("tables/<slug:slug>/parts/", items.page, name="parts"),
    path("tables/<slug:slug>/upload/", uploads.upload, name="upload"),
    path("uploads/<int:number>/", uploads.page, name="reading"),
    path("editions/<int:number>/", editions.page, name="edition"),
    path("editions/<int:number>/publish/", editions.publish, name="publish"),
    path("editions/<int:number>/withdraw/", editions.withdraw, name="withdraw"),
    path("editions/<int:number>/discard/", editions.discard, name="discard"),
    path("editions/<int:number>/protect/", editions.protect, name="protect"),
]
