"""The public pages of phone parking: zones, buying without an app, and the right's own page."""

from django.urls import URLPattern, path

from stadtkern.systems.parking_tickets.pages import buying, find, right, zones

app_name = "parking_tickets"
urlpatterns: list[URLPattern] = [
    path("", zones.home, name="home"),
    path("zones/<str:number>/", zones.zone, name="zone"),
    path("zones/<str:number>/buy/", buying.buy, name="buy"),
    path("machines/<str:number>/", zones.machine, name="machine"),
    path("areas.geojson", zones.areas, name="areas"),
    path("find/", find.find, name="find"),
    path("right/<str:token>/", right.right, name="right"),
    path("right/<str:token>/end.ics", right.calendar_entry, name="calendar"),
    path("right/<str:token>/<slug:kind>/", right.change, name="change"),
]
