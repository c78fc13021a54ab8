"""The waiting list of a place: ask for a box, and hear of it when one is free."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.kernel.people.access import public
from stadtkern.systems.bike_boxes.logic import periods, waiting
from stadtkern.systems.bike_boxes.models import Facility, Size
from stadtkern.systems.bike_boxes.pages.finding import facility_or_404, products


class WaitForm(forms.Form):
    """What somebody waits for, and where the offer goes."""

    product = forms.ChoiceField(label=gettext_lazy("How long"))
    size = forms.ChoiceField(label=gettext_lazy("Size of the box"), required=False)
    first = forms.DateField(
        label=gettext_lazy("First day"), required=False,
        help_text=gettext_lazy("Leave it empty to get the next box that is free."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    email = forms.EmailField(label=gettext_lazy("E-mail"),
                             widget=forms.EmailInput({"autocomplete": "email"}))  # fmt: skip

    def __init__(self, data: Any, facility: Facility, **more: Any) -> None:
        super().__init__(data, **more)
        listed = [(one.slug, one.title) for one in products()]
        self.fields["product"].choices = listed  # type: ignore[attr-defined]
        sizes = Size.objects.filter(boxes__facility=facility).distinct()
        choices = [("", _("any size")), *((one.slug, one.title) for one in sizes)]
        self.fields["size"].choices = choices  # type: ignore[attr-defined]

    def clean_first(self) -> date | None:
        first: date | None = self.cleaned_data["first"]
        if first is not None and first <= periods.day_of(clock.now()):
            raise forms.ValidationError(_("Please choose a later day, from tomorrow on."))
        return first


@public
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask to be told."""
    facility = facility_or_404(slug)
    initial = {"product": request.GET.get("product", "month")}
    form = WaitForm(request.POST or None, facility, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        product = next(one for one in products() if one.slug == said["product"])
        size = Size.objects.filter(slug=said["size"]).first() if said["size"] else None
        language = "en" if get_language() == "en" else "de"
        waiting.ask(facility, product, Person(email=said["email"], language=language),
                    first=said["first"], size=size)  # fmt: skip
        messages.success(
            request, _("You are on the list. We write to you when a box is free for you.")
        )
        return redirect("bike_boxes:place", slug)
    return render(request, "bike_boxes/wait.html", {
        "facility": facility, "form": form, "ahead": waiting.waiting_at(facility),
    }, status=422 if form.errors else 200)  # fmt: skip
