"""The fields that the form of a rule asks for each kind of condition."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.alerts.conditions.geofence import circle, rings_of
from stadtkern.kernel.places.models import Area, Place


def _minutes(label: Any, initial: int | None, *, least: int = 0, required: bool = True) -> Any:
    return forms.IntegerField(
        label=label, min_value=least, max_value=20_160, initial=initial, required=required
    )


def _number(label: Any, **more: Any) -> Any:
    return forms.FloatField(
        label=label, localize=True, widget=forms.TextInput({"inputmode": "decimal"}), **more
    )


def _threshold() -> dict[str, forms.Field]:
    return {
        "high": _number(_("Upper limit"), required=False),
        "low": _number(_("Lower limit"), required=False,
                       help_text=_("One of the limits is enough.")),
        "slack": _number(_("Slack"), required=False, initial=0, min_value=0,
                         help_text=_("So far inside the limit the value must be to be well"
                                     " again. It keeps alerts from coming and going.")),
        "minutes": _minutes(_("For at least minutes"), 30),
    }  # fmt: skip


def _rate() -> dict[str, forms.Field]:
    ways = [("rises", _("rises")), ("falls", _("falls")), ("changes", _("rises or falls"))]
    return {
        "way": forms.ChoiceField(label=_("The value"), choices=ways, initial="rises"),
        "per_hour": _number(_("by more than, per hour"), min_value=0),
        "window": _minutes(_("Seen over minutes"), 60, least=1),
    }


def _silence() -> dict[str, forms.Field]:
    hint = _("Empty: each by its own rhythm, learned from its messages.")
    return {
        "at_least": _minutes(_("Never before minutes"), 30, least=5),
        "after": forms.IntegerField(
            label=_("Always after minutes"), min_value=5, max_value=43_200, required=False,
            help_text=hint,
        ),
    }  # fmt: skip


def _battery() -> dict[str, forms.Field]:
    return {
        "low": _number(_("Low at percent"), initial=20, min_value=0, max_value=100),
        "well": _number(_("Well again at percent"), initial=30, min_value=0, max_value=100),
        "days": forms.IntegerField(
            label=_("Or forecast to be empty within days"), min_value=1, max_value=365,
            required=False, initial=30, help_text=_("Empty: without the forecast."),
        ),
    }  # fmt: skip


def _geofence() -> dict[str, forms.Field]:
    ways = [("leaves", _("outside the area")), ("enters", _("inside the area"))]
    return {
        "way": forms.ChoiceField(label=_("The device is"), choices=ways),
        "area": forms.ModelChoiceField(
            Area.objects.all(), label=_("Area"), required=False, empty_label=_("a circle"),
        ),
        "around": forms.CharField(
            label=_("Circle around this place"), required=False, max_length=200,
            help_text=_("Its name, if no area is chosen."),
        ),
        "metres": _number(_("Radius in metres"), required=False, initial=500, min_value=10),
        "minutes": _minutes(_("For at least minutes"), 0),
        "kept": forms.JSONField(required=False, widget=forms.HiddenInput),
    }  # fmt: skip


def _frames() -> dict[str, forms.Field]:
    return {"percent": _number(_("More than percent lost"), initial=20, min_value=0.1,
                               max_value=100)}  # fmt: skip


def _decoding() -> dict[str, forms.Field]:
    return {"failures": _minutes(_("From how many messages on"), 3, least=1)}


def _clock() -> dict[str, forms.Field]:
    return {"seconds": forms.IntegerField(label=_("More than seconds off"), min_value=5,
                                          max_value=604_800, initial=300)}  # fmt: skip


ASKED = {
    "threshold": _threshold, "rate": _rate, "silence": _silence, "battery": _battery,
    "geofence": _geofence, "frames": _frames, "decoding": _decoding, "clock": _clock,
}  # fmt: skip


def add(form: forms.Form, kind: str) -> list[str]:
    """Add the fields of a kind to a form; their names. They must not clash with its own."""
    fields = {f"c_{name}": field for name, field in ASKED[kind]().items()}
    form.fields.update(fields)
    return list(fields)


def shown(kind: str, condition: dict[str, Any]) -> dict[str, Any]:
    """A condition as the form shows it."""
    if kind == "geofence":
        kept = {"name": condition.get("name"), "rings": condition.get("rings")}
        return {"c_way": condition.get("way"), "c_minutes": condition.get("minutes", 0),
                "c_kept": kept}  # fmt: skip
    return {f"c_{name}": value for name, value in condition.items()}


def given(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """The condition that a form gives; what is empty is left out."""
    fields = {
        name.removeprefix("c_"): value
        for name, value in data.items()
        if name.startswith("c_") and value not in (None, "")
    }
    return _fence(fields) if kind == "geofence" else fields


def _fence(fields: dict[str, Any]) -> dict[str, Any]:
    """With the borders of the chosen area, of a circle, or as they were."""
    area, around = fields.pop("area", None), fields.pop("around", "")
    metres, kept = fields.pop("metres", 500.0), fields.pop("kept", None) or {}
    if area is not None:
        return {**fields, "name": area.name, "rings": rings_of(area.geometry or {})}
    place = Place.objects.filter(name__iexact=around, west__isnull=False).first()
    if around and place is not None and place.lon is not None and place.lat is not None:
        ring = circle(place.lon, place.lat, metres)
        return {**fields, "name": f"{place.name}, {metres:g} m", "rings": [ring]}
    return {**fields, **kept}
