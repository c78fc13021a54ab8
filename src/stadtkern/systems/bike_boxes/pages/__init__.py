"""The public pages of the bike boxes: find, rent, and the rental's own page."""

from django.urls import URLPattern, path

from stadtkern.systems.bike_boxes.pages import finding, opening, rental, renting, waiting

app_name = "bike_boxes"
urlpatterns: list[URLPattern] = [
    path("", finding.home, name="home"),
    path("my/", rental.find, name="find"),
    path("rental/<str:token>/", rental.rental, name="rental"),
    path("rental/<str:token>/open/", opening.start, name="open"),
    path("rental/<str:token>/open/<uuid:command>/", opening.progress, name="opening"),
    path("rental/<str:token>/extend/", rental.extend, name="extend"),
    path("rental/<str:token>/end/", rental.end, name="end"),
    path("rental/<str:token>/report/", rental.report, name="report"),
    path("<slug:slug>/", finding.place, name="place"),
    path("<slug:slug>/rent/", renting.rent, name="rent"),
    path("<slug:slug>/wait/", waiting.wait, name="wait"),
]
