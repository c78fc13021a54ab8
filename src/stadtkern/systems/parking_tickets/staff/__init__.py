"""The staff pages of parking_tickets."""

from django.urls import URLPattern, path

from stadtkern.systems.parking_tickets.staff import (
    checks,
    earned,
    fines,
    look,
    machines,
    offence,
    offline,
    operators,
    permits,
    photo,
    rights,
    settlements,
    tariffs,
    zones,
)

app_name = "parking_tickets-staff"
urlpatterns: list[URLPattern] = [
    path("", zones.home, name="home"),
    path("zones/<str:number>/", zones.zone, name="zone"),
    path("zones/<str:number>/new/", tariffs.new, name="tariff-new"),
    path("zones/<str:number>/<int:version>/", tariffs.tariff, name="tariff"),
    path("earned/", earned.earned, name="earned"),
    path("rights/", rights.listing, name="rights"),
    path("rights/<uuid:public_id>/", rights.right, name="right"),
    path("settlements/", settlements.listing, name="settlements"),
    path("settlements/close/", settlements.close, name="settlement-close"),
    path("settlements/<str:number>/", settlements.settlement, name="settlement"),
    path("settlements/<str:number>/statement.pdf", settlements.paper, name="settlement-paper"),
    path("settlements/<str:number>/statement.csv", settlements.table, name="settlement-table"),
    path("machines/", machines.listing, name="machines"),
    path("machines/<str:number>/", machines.machine, name="machine"),
    path("machines/<str:number>/emptied/", machines.empty, name="machine-empty"),
    path("check/", look.look, name="look"),
    path("check/photo/", photo.photo, name="look-photo"),
    path("check/shell/", offline.shell, name="look-shell"),
    path("check/worker.js", offline.worker, name="look-worker"),
    path("check/<uuid:public_id>/fine/", offence.offence, name="offence"),
    path("checks/", checks.listing, name="checks"),
    path("fines/", fines.fines, name="fines"),
    path("fines/<slug:number>/", fines.fine, name="fine"),
    path("fines/<slug:number>/paper.pdf", fines.paper, name="fine-paper"),
    path("permits/", permits.permits, name="permits"),
    path("permits/<int:number>/end/", permits.end, name="permit-end"),
    path("operators/", operators.operators, name="operators"),
    path("operators/officers-key/", operators.officers_key, name="officers-key"),
    path("operators/<slug:slug>/do/", operators.act, name="operator-act"),
    path("operators/<slug:slug>/refused/", operators.refusals, name="refusals"),
]
