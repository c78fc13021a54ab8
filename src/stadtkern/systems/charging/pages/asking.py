"""What people ask for: filters of the list, and their car."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from stadtkern.systems.charging.logic.prices import Car
from stadtkern.systems.charging.logic.reading import Station
from stadtkern.systems.charging.models import Connector
from stadtkern.systems.charging.words import PLUGS

AC = ((3.7, _("3.7 kW")), (7.4, _("7.4 kW")), (11.0, _("11 kW")), (22.0, _("22 kW")))
DC = ((0.0, _("no fast charging")), (50.0, _("50 kW")), (100.0, _("100 kW")), (150.0, _("150 kW")),
      (250.0, _("250 kW")))  # fmt: skip
USUAL = Car()


class SearchForm(forms.Form):
    """Everything is optional; what cannot be understood is left out."""

    q = forms.CharField(label=_("Street or place"), required=False, max_length=80)
    plug = forms.ChoiceField(label=_("Plug"), required=False,
                             choices=[("", _("any")), *PLUGS.items()])  # fmt: skip
    free = forms.BooleanField(label=_("Free now"), required=False)
    fast = forms.BooleanField(label=_("Fast, more than 22 kW"), required=False)
    always = forms.BooleanField(label=_("Open day and night"), required=False)
    accessible = forms.BooleanField(label=_("Without barriers"), required=False)


class CarForm(forms.Form):
    """One's own car."""

    kwh = forms.FloatField(
        label=_("I want to charge (kWh)"), min_value=1, max_value=200,
        widget=forms.NumberInput({"inputmode": "decimal", "step": "any"}),
    )  # fmt: skip
    ac = forms.TypedChoiceField(label=_("My car takes at a normal point"), coerce=float,
                                choices=AC)  # fmt: skip
    dc = forms.TypedChoiceField(label=_("at a fast point"), coerce=float, choices=DC)
    parked = forms.IntegerField(
        label=_("Minutes that I park in all"), min_value=0, max_value=1440, required=False,
        help_text=_("Only if you stay longer than it charges."),
    )  # fmt: skip


def car_of(query: QueryDict) -> tuple[CarForm, Car]:
    """The form with the car, or with a usual one."""
    usual = {"kwh": USUAL.kwh, "ac": USUAL.ac, "dc": USUAL.dc, "parked": 0}
    asked = "kwh" in query
    form = CarForm(query if asked else None, initial=usual)
    if not asked or not form.is_valid():
        return form, USUAL
    said = form.cleaned_data
    return form, Car(kwh=said["kwh"], ac=said["ac"], dc=said["dc"], parked=said["parked"] or 0)


def chosen(found: Sequence[Station], said: dict[str, Any]) -> list[Station]:
    """The locations that fit all filters."""
    return [one for one in found if _fits(one, said)]


def plugs(one: Station, said: dict[str, Any]) -> list[Connector]:
    """Those of the points that fit: who asks for a fast one wants its price, not the slow one's."""
    wanted = said.get("plug")
    return [
        plug for point in one.points if _point_fits(point, said) for plug in point.connectors
        if not wanted or plug.standard == wanted
    ]  # fmt: skip


def _fits(one: Station, said: dict[str, Any]) -> bool:
    points = [p for p in one.points if _point_fits(p, said)]
    place = one.place
    text = f"{place.name} {place.name_en} {place.street} {place.postcode} {one.location.operator}"
    return bool(
        points
        and said.get("q", "").strip().casefold() in text.casefold()
        and (not said.get("always") or one.location.opening_hours == "24/7")
        and (not said.get("accessible") or one.location.accessible)
    )


def _point_fits(point: Any, said: dict[str, Any]) -> bool:
    return (
        (not said.get("free") or point.status == "AVAILABLE")
        and (not said.get("fast") or point.fast)
        and (not said.get("plug") or said["plug"] in {c.standard for c in point.connectors})
    )
