"""The staff pages of mobility_hubs."""

from django.urls import path

from stadtkern.systems.mobility_hubs.staff import hubs, sources

app_name = "mobility_hubs-staff"
urlpatterns = [
    path("", hubs.listing, name="home"),
    path("new/", hubs.edit, name="hub-new"),
    path("hubs/<slug:slug>/", hubs.edit, name="hub"),
    path("hubs/<slug:slug>/parts/", hubs.parts, name="parts"),
    path("feeds/", sources.listing, name="sources"),
    path("feeds/new/", sources.edit, name="source-new"),
    path("feeds/<int:pk>/", sources.edit, name="source"),
    path("feeds/<int:pk>/do/", sources.do, name="source-do"),
]
