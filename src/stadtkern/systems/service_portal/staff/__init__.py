"""The staff pages of service_portal."""

from django.urls import URLPattern, URLResolver, include, path

from stadtkern.systems.service_portal.staff import (
    back_office_letters,
    back_offices,
    case,
    case_deeds,
    case_files,
    case_permits,
    decision,
    desk,
    desk_texts,
    figures,
    forms,
    services_urls,
)

# Its own name: `service_portal:...` on a staff page means the public pages.
app_name = "service_portal-staff"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.desk, name="desk"),
    path("desk.csv", desk.desk_csv, name="desk-csv"),
    path("case/<uuid:public_id>/", case.case, name="case"),
    path("case/<uuid:public_id>/do/", case_deeds.act, name="act"),
    path("case/<uuid:public_id>/print/", case.printed, name="case-print"),
    path("case/<uuid:public_id>/file/<uuid:document>/", case_files.file, name="case-file"),
    path("case/<uuid:public_id>/decision/", decision.decision, name="decision"),
    path("case/<uuid:public_id>/decision/preview/", decision.preview, name="preview"),
    path("case/<uuid:public_id>/decision/give/", decision.give, name="give"),
    path("case/<uuid:public_id>/decision/send-back/", decision.send_back, name="send-back"),
    path("case/<uuid:public_id>/proof/", decision.proof, name="proof"),
    path("figures/", figures.figures, name="figures"),
    path("figures/figures.csv", figures.figures_csv, name="figures-csv"),
    path("texts/", desk_texts.listing, name="texts"),
    path("texts/new/", desk_texts.edit, name="text-new"),
    path("texts/<int:number>/", desk_texts.edit, name="text"),
    path("forms/", include(forms.urlpatterns)),
    path("back-offices/", back_offices.listing, name="back-offices"),
    path("back-offices/new/", back_offices.create, name="back-office-new"),
    path("back-offices/<slug:slug>/", back_offices.change, name="back-office"),
    path("back-offices/<slug:slug>/do/", back_offices.do, name="back-office-do"),
    path("handovers/", back_office_letters.listing, name="letters"),
    path("handovers/<int:number>/", back_office_letters.one, name="letter"),
    path("handovers/<int:number>/settle/", back_office_letters.settle, name="letter-settle"),
    path("permits/", case_permits.listing, name="permits"),
    path("permits/<str:number>/revoke/", case_permits.revoke, name="permit-revoke"),
    *services_urls.urlpatterns,
]
