"""Showcase: what people make of the data; staff look at each before it is shown."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.people.access import public
from stadtkern.systems.open_data.forms import ShowcaseForm
from stadtkern.systems.open_data.models import Letter, Use
from stadtkern.systems.open_data.pages.letters import sent, shown

PER_PAGE = 24


@public
@require_safe
def showcases(request: HttpRequest) -> HttpResponse:
    """All that staff have released, the newest first."""
    published = Use.objects.filter(dataset__state=Dataset.PUBLISHED).select_related("dataset")
    rows = Letter.objects.showcases().prefetch_related(Prefetch("uses", queryset=published))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "open_data/showcases.html", {"page": page})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Show what was made."""
    form = ShowcaseForm(request)
    if request.method == "POST" and form.is_valid():
        return sent(request, form)
    return shown(request, form, "open_data/showcase_new.html")
