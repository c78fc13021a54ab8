"""The addresses of the applicant's way through a case."""

from django.urls import URLPattern, path

from stadtkern.kernel.cases.journey import links
from stadtkern.systems.service_portal.pages import (
    begin,
    case,
    cases,
    guest,
    mailbox,
    sending,
    signing,
    steps,
)

ONE = "vorgang/<uuid:public_id>/"
urlpatterns: list[URLPattern] = [
    path("antrag/<slug:slug>/", begin.begin, name="begin"),
    path("vorgaenge/", cases.cases, name="cases"),
    path("postfach/", mailbox.mailbox, name="mailbox"),
    path("gast/<str:token>/", guest.guest, name="guest"),
    path("unterschrift/<str:token>/", signing.sign, name="sign"),
    path(ONE, case.case, name="case"),
    path(f"{ONE}schritt/<str:step>/", steps.step, name="step"),
    path(f"{ONE}schritt/<str:step>/<int:row>/", steps.row, name="row"),
    path(f"{ONE}schritt/<str:step>/<int:row>/entfernen/", steps.drop, name="drop-row"),
    path(f"{ONE}pruefen/", sending.review, name="review"),
    path(f"{ONE}spaeter/", sending.later, name="later"),
    path(f"{ONE}aendern/", sending.reopen, name="reopen"),
    path(f"{ONE}bekannt-machen/", sending.file_now, name="file-now"),
    path(f"{ONE}angaben/", case.answers, name="answers"),
    path(f"{ONE}kopie.pdf", case.copy, name="copy"),
    path(f"{ONE}nachweis/", case.proof, name="proof"),
    path(f"{ONE}datei/<uuid:document>/", case.document, name="document"),
    path(f"{ONE}erinnern/<int:number>/", case.remind, name="remind"),
    path(f"{ONE}zurueckziehen/", case.withdraw, name="withdraw"),
    path(f"{ONE}kontakt/", case.reach, name="contact"),
    path(f"{ONE}daten.zip", case.export_file, name="export"),
    path(f"{ONE}nachricht/", mailbox.write, name="write"),
    path(f"{ONE}nachricht/<uuid:message>/", mailbox.message, name="message"),
    path(f"{ONE}frage/<int:number>/", mailbox.answer, name="answer"),
    path(f"{ONE}widerspruch/", mailbox.appeal, name="appeal"),
]
links.show_with(
    case="service_portal:case", guest="service_portal:guest", sign="service_portal:sign",
    cases="service_portal:cases",
)  # fmt: skip
