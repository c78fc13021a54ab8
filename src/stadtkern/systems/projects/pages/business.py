"""For investors: sites, settlements and what is known of the city, each with its source."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.systems.projects import finding
from stadtkern.systems.projects.models import Fact, Site

THEME = "development"


@public
@require_safe
@one_page()
def business(request: HttpRequest) -> HttpResponse:
    """Facts, sites and settlements, and the projects that develop the city."""
    sites = list(Site.objects.filter(public=True))
    return render(request, "projects/business.html", {
        "facts": Fact.objects.filter(public=True),
        "sites": [one for one in sites if one.kind == "site"],
        "settlements": [one for one in sites if one.kind == "settlement"],
        "projects": [one for one in finding.public() if THEME in one.content.themes],
    })  # fmt: skip
