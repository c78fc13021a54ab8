"""Prices as a form: what a kWh, a start and a minute cost, written as elements of OCPI."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.charging.models import Connector, Tariff
from stadtkern.systems.charging.staff.answer import page, person

NET = Decimal("0.0001")


class TariffForm(forms.Form):
    """Prices with tax, as they stand on the point; they are kept without tax, as OCPI wants it."""

    title = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    title_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120,
                               required=False)  # fmt: skip
    vat = forms.DecimalField(label=gettext_lazy("Value added tax in per cent"), min_value=0,
                             max_value=50, decimal_places=1)  # fmt: skip
    kwh = forms.DecimalField(label=gettext_lazy("One kWh, in euro with tax"), min_value=0,
                             max_value=10, decimal_places=4)  # fmt: skip
    flat = forms.DecimalField(label=gettext_lazy("Each start, in euro with tax"), min_value=0,
                              max_value=50, decimal_places=2, required=False)  # fmt: skip
    minute = forms.DecimalField(
        label=gettext_lazy("A minute of standing there, in euro with tax"), min_value=0,
        max_value=10, decimal_places=4, required=False,
        help_text=gettext_lazy("Charging or not: against blocking the place."),
    )  # fmt: skip
    after = forms.IntegerField(label=gettext_lazy("from minute"), min_value=0, max_value=1440,
                               required=False)  # fmt: skip
    begins = forms.TimeField(label=gettext_lazy("only from"), required=False,
                             widget=forms.TimeInput({"type": "time"}, format="%H:%M"))  # fmt: skip
    ends = forms.TimeField(label=gettext_lazy("until"), required=False,
                           widget=forms.TimeInput({"type": "time"}, format="%H:%M"))  # fmt: skip
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if (said.get("begins") is None) != (said.get("ends") is None):
            self.add_error("ends", _("From and until belong together."))
        return said

    def elements(self) -> list[dict[str, Any]]:
        """As OCPI 2.2.1, 11.3.1: prices without tax, time by the hour."""
        said = self.cleaned_data
        rate = 1 + said["vat"] / 100
        parts = [{"type": "ENERGY", "price": _net(said["kwh"], rate), "step_size": 1}]
        if said["flat"]:
            parts.append({"type": "FLAT", "price": _net(said["flat"], rate), "step_size": 1})
        found: list[dict[str, Any]] = [{"price_components": parts}]
        if said["minute"]:
            price = _net(said["minute"] * 60, rate)
            stays: dict[str, Any] = {"price_components": [
                {"type": kind, "price": price, "step_size": 60} for kind in ("TIME", "PARKING_TIME")
            ]}  # fmt: skip
            if limits := self._limits():
                stays["restrictions"] = limits
            found.append(stays)
        return found

    def _limits(self) -> dict[str, Any]:
        said, limits = self.cleaned_data, {}
        if said["after"]:
            limits["min_duration"] = said["after"] * 60
        if said["begins"] and said["ends"]:
            limits["start_time"] = f"{said['begins']:%H:%M}"
            limits["end_time"] = f"{said['ends']:%H:%M}"
        return limits


def _net(gross: Decimal, rate: Decimal) -> float:
    return float((gross / rate).quantize(NET))


def told(one: Tariff) -> dict[str, Any]:
    """A stored tariff in the words of the form."""
    rate = 1 + Decimal(one.vat_per_mille) / 1000
    found: dict[str, Any] = {"title": one.title, "title_en": one.title_en, "active": one.active,
                             "vat": Decimal(one.vat_per_mille) / 10}  # fmt: skip
    for element in one.elements:
        limits = element.get("restrictions") or {}
        for part in element["price_components"]:
            gross = Decimal(str(part["price"])) * rate
            if part["type"] == "ENERGY":
                found.setdefault("kwh", gross.quantize(NET).normalize())
            elif part["type"] == "FLAT":
                found["flat"] = gross.quantize(Decimal("0.01"))
            else:
                found["minute"] = (gross / 60).quantize(NET).normalize()
                found["after"] = limits.get("min_duration", 0) // 60 or None
                found["begins"], found["ends"] = limits.get("start_time"), limits.get("end_time")
    return found


@staff("charging.see")
@require_safe
def tariffs(request: HttpRequest) -> HttpResponse:
    """All prices, and how many plugs each is for."""
    rows = list(Tariff.objects.all())
    used: dict[int, int] = {}
    for key in Connector.objects.exclude(tariff=None).values_list("tariff", flat=True):
        used[key] = used.get(key, 0) + 1
    return page(request, "tariffs", tariffs=[(one, used.get(one.pk, 0)) for one in rows])


@staff("charging.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def tariff(request: HttpRequest, uid: str = "") -> HttpResponse:
    """Make one or change it; sessions that have begun keep what they began with."""
    row = get_object_or_404(Tariff, uid=uid) if uid else None
    form = TariffForm(request.POST or None, initial=told(row) if row else {"vat": 19})
    if request.method == "POST" and form.is_valid():
        saved = _save(request, form, row or Tariff(uid=_free_uid(form.cleaned_data["title"])))
        messages.success(request, _("Saved: %(title)s") % {"title": saved.title})
        return redirect("charging-staff:tariffs")
    return page(request, "tariff", form=form, tariff=row, status=422 if form.errors else 200)


def _free_uid(title: str) -> str:
    base = slugify(title)[:30] or "tariff"
    taken = set(Tariff.objects.filter(uid__startswith=base).values_list("uid", flat=True))
    return next(uid for n in range(1, 1000)
                if (uid := base if n == 1 else f"{base}-{n}") not in taken)  # fmt: skip


def _save(request: HttpRequest, form: TariffForm, row: Tariff) -> Tariff:
    said, before, now = form.cleaned_data, row.elements, clock.now()
    row.title, row.title_en, row.active = said["title"], said["title_en"], said["active"]
    row.vat_per_mille, row.elements = int(said["vat"] * 10), form.elements()
    row.changed = now
    with transaction.atomic():
        kept = Tariff.objects.select_for_update().filter(pk=row.pk).first()
        if kept and (kept.elements, kept.vat_per_mille) != (row.elements, row.vat_per_mille):
            row.past = [*kept.past, {**kept.terms(), "until": now.isoformat()}]
        row.save()
        record(person(request), "charging.tariff", row, before=before, after=row.elements)
    return row
