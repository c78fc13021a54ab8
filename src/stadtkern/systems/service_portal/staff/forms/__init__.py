"""The editor of forms: what they ask, when, what it costs; preview, test cases, publishing."""

from django.urls import URLPattern, path

from stadtkern.systems.service_portal.staff.forms import (
    checks,
    fees,
    fields,
    files,
    listing,
    outline,
    preview,
    publishing,
    settings,
    steps,
    texts,
    trials,
)

urlpatterns: list[URLPattern] = [
    path("", listing.listing, name="forms"),
    path("new/", listing.new, name="form-new"),
    path("import/", files.bring, name="form-import"),
    path("<slug:slug>/", outline.outline, name="form"),
    path("<slug:slug>/do/", outline.act, name="form-do"),
    path("<slug:slug>/settings/", settings.edit, name="form-settings"),
    path("<slug:slug>/fees/", fees.fees, name="form-fees"),
    path("<slug:slug>/fees/<int:number>/", fees.fee, name="form-fee"),
    path("<slug:slug>/permits/<int:number>/", fees.grant, name="form-permit"),
    path("<slug:slug>/texts/", texts.edit, name="form-texts"),
    path("<slug:slug>/steps/new/", steps.edit, name="form-step-new"),
    path("<slug:slug>/steps/<str:step>/", steps.edit, name="form-step"),
    path("<slug:slug>/steps/<str:step>/new/", fields.new, name="form-field-new"),
    path("<slug:slug>/steps/<str:step>/checks/<int:number>/", checks.edit, name="form-check"),
    path("<slug:slug>/fields/<str:field>/", fields.edit, name="form-field"),
    path("<slug:slug>/preview/", preview.preview, name="form-preview"),
    path("<slug:slug>/tests/", trials.listing, name="form-tests"),
    path("<slug:slug>/tests/<int:number>/", trials.remove, name="form-test"),
    path("<slug:slug>/publish/", publishing.page_of, name="form-publish"),
    path("<slug:slug>/versions/", publishing.versions, name="form-versions"),
    path("<slug:slug>/versions/<int:number>/", publishing.restore, name="form-restore"),
    path("<slug:slug>/fim/", files.notes, name="form-notes"),
    path("<slug:slug>/export.json", files.take_away, name="form-export"),
]
