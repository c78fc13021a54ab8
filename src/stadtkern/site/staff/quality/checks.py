"""A check: for what it is, its numbers, and what it would have found."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Check, Datastream, ObservedProperty
from stadtkern.kernel.things.quality.checks import KINDS
from stadtkern.kernel.things.quality.judge import would_be
from stadtkern.kernel.things.quality.run import sample
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

TRIED = timedelta(days=7)
MOST_TRIED = 20_000
SHOWN = 20


class CheckForm(forms.Form):
    """The numbers of one kind of check."""

    on = forms.BooleanField(label=_("The check is on"), required=False)

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = KINDS[kind]
        for one in self.kind.settings:
            unit = f" ({one.unit})" if one.unit and one.unit != "1" else ""
            self.fields[one.name] = forms.FloatField(
                label=f"{one.title}{unit}",
                required=one.default is not None,
                min_value=one.low,
                help_text=str(one.help),
                localize=True,
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for low, high in (("low", "high"), ("lowest", "highest"), ("suspect", "invalid")):
            first, second = data.get(low), data.get(high)
            if first is not None and second is not None and first > second:
                self.add_error(high, _("This must not be smaller than the other limit."))
        if (
            not self.errors
            and all(data[one.name] is None for one in self.kind.settings)
            and (self.kind.settings)
        ):
            raise ValidationError(_("Give at least one number."))
        return data

    def settings(self) -> dict[str, Any]:
        """What is stored of it."""
        return {
            one.name: self.cleaned_data[one.name]
            for one in self.kind.settings
            if self.cleaned_data[one.name] is not None
        }


class NewCheckForm(forms.Form):
    """What kind of check, and for what."""

    kind = forms.ChoiceField(label=_("Check"), choices=Check.Kind.choices)
    observed_property = forms.ModelChoiceField(
        ObservedProperty.objects.order_by("name"),
        label=_("Observed property"),
        empty_label=_("please choose"),
        required=False,
    )
    datastream = forms.ModelChoiceField(
        Datastream.objects.all(), widget=forms.HiddenInput, required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        one, other = data.get("observed_property"), data.get("datastream")
        if (one is None) == (other is None):
            self.add_error("observed_property", _("Choose what the check is for."))
        elif Check.objects.filter(
            kind=data.get("kind"), observed_property=one, datastream=other
        ).exists():
            self.add_error("kind", _("There is such a check already. Change that one."))
        return data


@staff("things.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new check, off until its numbers are set."""
    form = NewCheckForm(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        defaults = {one.name: one.default for one in KINDS[given["kind"]].settings}
        with transaction.atomic():
            check = Check.objects.create(
                **given, on=False, settings={k: v for k, v in defaults.items() if v is not None}
            )
            record(person(request), "quality.create", check, kind=check.kind)
        return redirect("staff-check", check.pk)
    chosen = _number(form["datastream"].value())
    stream = Datastream.objects.filter(pk=chosen).first() if chosen else None
    return page(
        request, "quality_new", form=form, stream=stream, status=422 if form.errors else 200
    )


def _number(given: Any) -> int | None:
    text = str(given or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


@staff("things.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Its numbers; `try` shows what they would have found in the last week, and saves nothing."""
    check = get_object_or_404(
        Check.objects.select_related("observed_property", "datastream__thing"), pk=number
    )
    initial = {**check.settings, "on": check.on}
    given = request.POST if request.method == "POST" else None
    form = CheckForm(check.kind, given, initial=initial)
    tried = None
    if request.method == "POST" and form.is_valid():
        if "try" in request.POST:
            tried = _tried(check, form.settings())
        else:
            _save(request, check, form)
            return redirect("staff-quality")
    return page(
        request,
        "quality_check",
        form=form,
        check=check,
        tried=tried,
        status=422 if form.errors else 200,
    )


def _save(request: HttpRequest, check: Check, form: CheckForm) -> None:
    before = {"on": check.on, **check.settings}
    check.settings, check.on = form.settings(), form.cleaned_data["on"]
    with transaction.atomic():
        check.save(update_fields=["settings", "on"])
        record(person(request), "quality.change", check, before=before, on=check.on,
               settings=check.settings)  # fmt: skip
    messages.success(request, _("The check is saved. It looks at what comes in from now on."))


def _tried(check: Check, settings: dict[str, Any]) -> dict[str, Any]:
    """What these settings would have found, and in how many observations it was looked."""
    rows = Datastream.objects.filter(observed_property=check.observed_property)
    if check.datastream_id:
        rows = Datastream.objects.filter(pk=check.datastream_id)
    streams = list(rows.values_list("pk", flat=True))
    now = clock.now()
    looked = sample(streams, now - TRIED, now, MOST_TRIED)
    found = would_be(looked, check.kind, dict.fromkeys(streams, settings))
    names = dict(Datastream.objects.filter(pk__in=streams).values_list("pk", "name"))
    shown = sorted(found, key=lambda one: (-one[1], -one[0].at.timestamp()))[:SHOWN]
    return {
        "looked": len(looked),
        "all": len(looked) < MOST_TRIED,
        "found": len(found),
        "rows": [(names[row.stream], row, grade, note) for row, grade, note in shown],
    }


@staff("things.edit")
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """No such check any more; what it flagged stays flagged until it is checked again."""
    check = get_object_or_404(Check, pk=number)
    with transaction.atomic():
        record(person(request), "quality.remove", check, kind=check.kind, settings=check.settings)
        check.delete()
    messages.success(request, _("The check is removed."))
    return redirect("staff-quality")
