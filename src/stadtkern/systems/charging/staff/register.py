"""The federal register: a dry run of a file, taking it in, and what staff decide."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.charging.logic.register import comparing, deciding, likeness, table, taking
from stadtkern.systems.charging.models import Edition, Location, RegisterRecord
from stadtkern.systems.charging.models.register import OPEN
from stadtkern.systems.charging.staff.answer import page, person

PAGE = 50
# A page can carry a file of this size to the next step; the country's whole register is taken in
# on the command line or cut to the state first.
MOST_BYTES = 20_000_000


class FileForm(forms.Form):
    """The file as the agency publishes it, and the day that it is as of."""

    file = forms.FileField(label=gettext_lazy("File of the Bundesnetzagentur (CSV or Excel)"))
    day = forms.DateField(
        label=gettext_lazy("As of"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The day that the file is as of, not the day of the download."),
    )  # fmt: skip
    take = forms.BooleanField(
        label=gettext_lazy("Take it in now"), required=False,
        help_text=gettext_lazy("Without this nothing is stored: you only see what would change."),
    )  # fmt: skip

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB. Please cut it to the"
                                          " rows of your state."))  # fmt: skip
        return file

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > clock.now().date():
            raise forms.ValidationError(_("This day lies in the future."))
        return day


@staff("charging.see")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Editions, open decisions, and the form for a new file."""
    may = person(request).may("charging.manage")
    sent = request.method == "POST" and may
    form = FileForm(request.POST, request.FILES) if sent else FileForm()
    plan = None
    if sent and form.is_valid():
        try:
            plan = comparing.plan(form.cleaned_data["file"].read())
        except table.Unusable as problem:
            form.add_error("file", str(problem))
        else:
            if form.cleaned_data["take"] and (answer := _take(request, plan, form)):
                return answer
    rows = RegisterRecord.objects.filter(state__in=OPEN)
    rows = rows.select_related("location__place", "edition")
    return page(
        request, "register", form=form, plan=plan, weights=likeness.WEIGHTS, sure=likeness.SURE,
        editions=Edition.objects.all()[:20], status=422 if form.errors else 200,
        page=Paginator(rows, PAGE).get_page(request.GET.get("page")),
    )  # fmt: skip


def _take(request: HttpRequest, plan: comparing.Plan, form: FileForm) -> HttpResponse | None:
    try:
        with transaction.atomic():
            edition = taking.take(plan, day=form.cleaned_data["day"],
                                  name=form.cleaned_data["file"].name)  # fmt: skip
            record(person(request), "charging.register", edition, **plan.counts)
    except taking.Taken:
        form.add_error("file", _("This very file has been taken in before."))
        return None
    messages.success(request, _("Taken in. Please decide what is not clear."))
    return redirect("charging-staff:register")


class PlaceForm(forms.Form):
    """Where a new location stands, as staff saw it."""

    lon = forms.FloatField(label=gettext_lazy("Longitude"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=gettext_lazy("Latitude"), min_value=-90, max_value=90)


@staff("charging.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HttpRequest, number: int) -> HttpResponse:
    """One row that is not clear: it is this location, a new one, or left out."""
    found = get_object_or_404(RegisterRecord.objects.select_related("edition", "location__place"),
                              pk=number)  # fmt: skip
    form = PlaceForm(request.POST if request.POST.get("do") == "new" else None,
                     initial={"lon": found.lon, "lat": found.lat})  # fmt: skip
    if request.method == "POST" and found.state in OPEN and _decided(request, found, form):
        messages.success(request, _("Decided."))
        return redirect("charging-staff:register")
    locations = Location.objects.select_related("place").order_by("place__name")
    return page(request, "row", row=found, form=form, locations=locations,
                open=found.state in OPEN, status=422 if form.errors else 200)  # fmt: skip


def _decided(request: HttpRequest, found: RegisterRecord, form: PlaceForm) -> bool:
    do = request.POST.get("do")
    with transaction.atomic():
        if do == "this":
            uid = request.POST.get("location", "")
            deciding.is_this(found, get_object_or_404(Location, uid=uid))
        elif do == "new" and form.is_valid():
            deciding.is_new(found, form.cleaned_data["lon"], form.cleaned_data["lat"])
        elif do == "nothing":
            deciding.is_nothing(found)
        else:
            return False
        record(person(request), "charging.row", found, did=do)
    return True
