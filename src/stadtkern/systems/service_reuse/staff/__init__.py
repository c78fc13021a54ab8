"""The staff pages of service_reuse."""

from django.urls import URLPattern, path

from stadtkern.systems.service_reuse.staff import candidate, decisions, editing, importing, listing

# Its own name: `service_reuse:...` on a staff page means the public pages.
app_name = "service_reuse-staff"
urlpatterns: list[URLPattern] = [
    path("", listing.register, name="register"),
    path("new/", editing.edit, name="new"),
    path("import/", importing.bring, name="import"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/<int:number>/", decisions.decision, name="decision"),
    path("decide/<slug:slug>/", decisions.begin, name="decide"),
    path("<int:number>/", candidate.candidate, name="candidate"),
    path("<int:number>/edit/", editing.edit, name="edit"),
    path("<int:number>/do/", candidate.act, name="act"),
    path("<int:number>/drift/", candidate.drift, name="drift"),
]
