"""The staff pages of parking."""

from django.urls import URLPattern, path

from stadtkern.systems.parking.staff import (
    bay,
    bays,
    board,
    board_edit,
    boards,
    counts,
    faults,
    forecast,
    sites,
    sources,
)

app_name = "parking-staff"
urlpatterns: list[URLPattern] = [
    path("", bays.bay_list, name="bays"),
    path("bays/<uuid:public_id>/", bay.bay, name="bay"),
    path("sites/", sites.listing, name="sites"),
    path("sites/<uuid:public_id>/", sites.edit, name="site"),
    path("sites/<uuid:public_id>/count/", counts.count, name="count"),
    path("sources/", sources.listing, name="sources"),
    path("sources/new/", sources.edit, name="source-new"),
    path("sources/<uuid:public_id>/", sources.one, name="source"),
    path("sources/<uuid:public_id>/change/", sources.edit, name="source-change"),
    path("sources/<uuid:public_id>/do/", sources.do, name="source-do"),
    path("sources/offers/<int:number>/", sources.decide, name="source-decide"),
    path("forecast/", forecast.page, name="forecast"),
    path("forecast.csv", forecast.file, name="forecast-csv"),
    path("faults/", faults.listing, name="faults"),
    path("faults/<int:number>/checked/", faults.check, name="fault-checked"),
    path("boards/", boards.listing, name="boards"),
    path("boards/new/", board_edit.edit, name="board-new"),
    path("boards/preview/", board_edit.preview, name="board-new-preview"),
    path("boards/<slug:uid>/", board.board, name="board"),
    path("boards/<slug:uid>/edit/", board_edit.edit, name="board-edit"),
    path("boards/<slug:uid>/preview/", board_edit.preview, name="board-preview"),
    path("boards/<slug:uid>/text/", board.override, name="board-text"),
    path("boards/<slug:uid>/do/", board.act, name="board-act"),
]
