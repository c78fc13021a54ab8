"""Counting by hand: what is inside now, and how the count was corrected before."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking.logic import calibrating, lanes
from stadtkern.systems.parking.models import Calibration
from stadtkern.systems.parking.staff.answer import facts_or_404, page, person
from stadtkern.systems.parking.staff.forms import CountForm

PER_PAGE = 30


@staff("parking.count")
@require_http_methods(["GET", "HEAD", "POST"])
def count(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say how many vehicles are inside; only where lanes are counted."""
    site = facts_or_404(public_id)
    if site.counting != "lanes":
        raise Http404
    form = CountForm(request.POST or None, capacity=site.capacity)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        row = calibrating.by_hand(site, said["occupied"], person(request), said["note"])
        messages.success(
            request, _("Saved. The count was off by %(delta)+d.") % {"delta": row.delta}
        )
        return redirect("parking-staff:count", public_id=public_id)
    rows = Paginator(Calibration.objects.filter(site=site), PER_PAGE)
    return page(
        request, "count", status=422 if form.errors else 200, form=form, place=site.place,
        site=site, inside=lanes.inside(site, clock.now()),
        listed=rows.get_page(request.GET.get("page")),
    )  # fmt: skip
