"""The public pages of social benefits."""

from django.urls import URLPattern, path

from stadtkern.systems.social_benefits.pages import carry, find, reading

app_name = "social_benefits"
urlpatterns: list[URLPattern] = [
    path("", reading.home, name="home"),
    path("finder/", find.finder, name="finder"),
    path("applying/", carry.apply, name="apply"),
    path("applying/keep/", carry.keep, name="keep"),
    path("applying/<slug:slug>/", carry.kept, name="kept"),
    path("mine/", carry.mine, name="mine"),
    path("mine/<uuid:case>/", carry.other, name="other"),
    path("<slug:slug>/", reading.benefit, name="benefit"),
]
