"""The public pages of parking."""

from django.urls import URLPattern, path

from stadtkern.systems.parking.pages import boards, effects, find, finding, site, widget

app_name = "parking"
urlpatterns: list[URLPattern] = [
    path("", finding.home, name="home"),
    path("cards/", finding.cards, name="cards"),
    path("boards/", boards.home, name="boards"),
    path("widget/", widget.widget, name="widget"),
    path("widget/rows/", widget.rows, name="widget-rows"),
    path("widget/code/", widget.code, name="widget-code"),
    path("effect/", effects.page, name="effects-en"),
    path("wirkung/", effects.page, name="effects"),
    path("wirkung.csv", effects.file, name="effects-csv"),
    path("find/", find.find, name="find-en"),
    path("finden/", find.find, name="find"),
    path("<uuid:public_id>/", site.page, name="site"),
    path("<uuid:public_id>/bays/", site.bay_grid, name="bays"),
    path("<uuid:public_id>/entrances.geojson", site.ways, name="entrances"),
]
