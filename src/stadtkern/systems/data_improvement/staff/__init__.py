"""The staff pages of data_improvement: the workbench."""

from django.urls import URLPattern, path

from stadtkern.systems.data_improvement.staff import (
    choosing,
    examination,
    improvements,
    listing,
    proposal,
)

# Its own name: `data_improvement:...` on a staff page means the public pages.
app_name = "data_improvement-staff"
urlpatterns: list[URLPattern] = [
    path("", listing.home, name="home"),
    path("new/", choosing.choose, name="new"),
    path("improvements/<int:number>/", improvements.improvement, name="improvement"),
    path("improvements/<int:number>/do/", improvements.act, name="improvement-act"),
    path("<int:number>/", examination.examination, name="examination"),
    path("<int:number>/decide/", examination.decide, name="decide"),
    path("<int:number>/apply/", examination.apply, name="apply"),
    path("<int:number>/layers.json", proposal.layers, name="layers"),
    path("<int:number>/points.geojson", proposal.points, name="points"),
    path("<int:number>/<int:place>/", proposal.proposal, name="proposal"),
]
