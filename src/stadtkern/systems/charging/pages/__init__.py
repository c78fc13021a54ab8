"""The public pages of charging: find a point, one location, the ranking, the quarter's van."""

from django.urls import URLPattern, path

from stadtkern.systems.charging.pages import caddy, fault, finding, ranking

app_name = "charging"
urlpatterns: list[URLPattern] = [
    path("", finding.home, name="home"),
    path("ranking/", ranking.ranking, name="ranking"),
    path("ranking.csv", ranking.ranking_csv, name="ranking-csv"),
    path("e-caddy/", caddy.caddies, name="caddies"),
    path("e-caddy/booking/<str:token>/", caddy.booking, name="caddy-booking"),
    path("e-caddy/<slug:slug>/", caddy.caddy, name="caddy"),
    path("<slug:uid>/", finding.place, name="place"),
    path("<slug:uid>/fault/", fault.fault, name="fault"),
]
