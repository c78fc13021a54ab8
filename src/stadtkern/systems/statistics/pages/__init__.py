"""The public pages of statistics."""

from django.urls import path

from stadtkern.systems.statistics.pages import downloads, home, pyramid, table

app_name = "statistics"
urlpatterns = [
    path("", home.home, name="home"),
    path("signs/", home.signs_page, name="signs"),
    path("tables/<slug:slug>/", table.page, name="table"),
    path("tables/<slug:slug>/embed/", table.embed, name="embed"),
    path("tables/<slug:slug>/pyramid/", pyramid.page, name="pyramid"),
    path("tables/<slug:slug>/compare/", table.compare, name="compare"),
    path("tables/<slug:slug>/editions/", home.editions, name="editions"),
    path("tables/<slug:slug>/view.<str:form>", downloads.view, name="view"),
    path("tables/<slug:slug>/all.<str:form>", downloads.everything, name="all"),
]
