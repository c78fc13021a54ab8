"""The staff pages of charging."""

from django.urls import URLPattern, path

from stadtkern.systems.charging.staff import (
    caddies,
    locations,
    partners,
    points,
    ranking,
    register,
    sessions,
    tariffs,
    tokens,
)

app_name = "charging-staff"
urlpatterns: list[URLPattern] = [
    path("", locations.home, name="home"),
    path("locations/<slug:uid>/", locations.location, name="location"),
    path("evses/<slug:uid>/", locations.point, name="evse"),
    path("faults/", locations.faults, name="faults"),
    path("register/", register.register, name="register"),
    path("register/<int:number>/", register.row, name="row"),
    path("tariffs/", tariffs.tariffs, name="tariffs"),
    path("tariffs/new/", tariffs.tariff, name="tariff-new"),
    path("tariffs/<slug:uid>/", tariffs.tariff, name="tariff"),
    path("vehicles/", caddies.caddies, name="caddies"),
    path("vehicles/<slug:slug>/", caddies.caddy, name="caddy"),
    path("counts/", ranking.counts, name="counts"),
    path("partners/", partners.partners, name="partners"),
    path("charge-points/", points.listing, name="charge-points"),
    path("charge-points/new/", points.new, name="charge-point-new"),
    path("charge-points/<str:identity>/", points.point, name="charge-point"),
    path("charge-points/<str:identity>/do/", points.act, name="charge-point-act"),
    path("charge-points/<str:identity>/change/", points.change, name="charge-point-change"),
    path("sessions/", sessions.listing, name="sessions"),
    path("sessions/<uuid:public_id>/", sessions.session, name="session"),
    path("sessions/<uuid:public_id>/close/", sessions.close, name="session-close"),
    path("tokens/", tokens.listing, name="tokens"),
    path("tokens/<int:number>/", tokens.block, name="token"),
]
