"""The public pages of mobility_hubs."""

from django.urls import path

from stadtkern.systems.mobility_hubs.pages import finding

app_name = "mobility_hubs"
urlpatterns = [
    path("", finding.home, name="home"),
    path("<slug:slug>/", finding.hub, name="hub"),
    path("<slug:slug>/departures/", finding.departures_part, name="departures"),
    path("<slug:slug>/kiosk/", finding.kiosk, name="kiosk"),
]
