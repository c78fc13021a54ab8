"""The staff pages of digital_maturity."""

from django.urls import URLPattern, path

from stadtkern.systems.digital_maturity.staff import (
    assess,
    compare,
    exchange,
    listing,
    models,
    steering,
)

# Its own name: `digital_maturity:...` on a staff page means the public pages.
app_name = "digital_maturity-staff"
urlpatterns: list[URLPattern] = [
    path("", steering.steering, name="steering"),
    path("services/", listing.services, name="services"),
    path("services/do/", listing.many, name="many"),
    path("services/<slug:slug>/", assess.assess, name="assess"),
    path("services/<slug:slug>/<slug:scale>/", assess.assess, name="assess-scale"),
    path("compare/", compare.compare, name="compare"),
    path("models/", models.models, name="models"),
    path("models/<int:number>/", models.model, name="model"),
    path("models/<int:number>/do/", models.act, name="model-act"),
    path("exchange/", exchange.exchange, name="exchange"),
    path("exchange/models/<int:number>.json", exchange.model_file, name="model-file"),
]
