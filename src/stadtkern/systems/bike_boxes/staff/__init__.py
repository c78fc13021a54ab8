"""The operator's pages of the bike boxes."""

from django.urls import URLPattern, path

from stadtkern.systems.bike_boxes.staff import (
    bookings,
    box,
    fees,
    overview,
    partners,
    prices,
    rescues,
    usage,
    webhooks,
)

app_name = "bike_boxes-staff"
urlpatterns: list[URLPattern] = [
    path("", overview.home, name="home"),
    path("bookings/", bookings.listing, name="bookings"),
    path("bookings/<uuid:public_id>/", bookings.booking, name="booking"),
    path("rescues/", rescues.listing, name="rescues"),
    path("rescues/<int:number>/", rescues.rescue, name="rescue"),
    path("fees/", fees.listing, name="fees"),
    path("waiting/", bookings.waiting, name="waiting"),
    path("prices/", prices.prices, name="prices"),
    path("prices/<slug:slug>/", prices.edit, name="price"),
    path("partners/", partners.partners, name="partners"),
    path("partners/<int:number>/", webhooks.partner, name="partner"),
    path("partners/<int:number>/key/", partners.key, name="partner-key"),
    path("partners/<int:number>/do/", webhooks.do, name="partner-do"),
    path("cards/", partners.cards, name="cards"),
    path("usage/", usage.usage, name="usage"),
    path("<slug:slug>/<int:number>/", box.box, name="box"),
    path("<slug:slug>/<int:number>/do/", box.act, name="act"),
]
