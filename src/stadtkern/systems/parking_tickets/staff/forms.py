"""The fields of the tariff editor, and the way between them and stored rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.systems.parking_tickets.logic.quoting import VEHICLES
from stadtkern.systems.parking_tickets.logic.words import DAY_NAMES
from stadtkern.systems.parking_tickets.models import Tariff

STEPS: Final = (1, 2, 3)
MOST_WINDOWS: Final = 6
MOMENT: Final = "%Y-%m-%dT%H:%M"


def euros_field(label: Any, **more: Any) -> forms.DecimalField:
    """Money in euros, as people write it."""
    return forms.DecimalField(label=label, decimal_places=2, max_digits=8, min_value=Decimal(0),
                              required=False, localize=True, **more)  # fmt: skip


def moment_field(label: Any) -> forms.DateTimeField:
    """A time by the city's clocks."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[MOMENT, f"{MOMENT}:%S"])


class RulesForm(forms.Form):
    """What holds for all windows."""

    minute = forms.ChoiceField(label=gettext_lazy("The last minute"), choices=[
        ("begun", gettext_lazy("counts once it has begun")),
        ("ended", gettext_lazy("counts only when it is over")),
        ("exact", gettext_lazy("counts by the second")),
    ])  # fmt: skip
    free_minutes = forms.IntegerField(label=gettext_lazy("Free minutes"), min_value=0,
                                      max_value=1440, required=False)  # fmt: skip
    longest_minutes = forms.IntegerField(
        label=gettext_lazy("Longest stay in minutes (empty: none)"), min_value=1,
        max_value=44_640, required=False,
    )  # fmt: skip
    return_minutes = forms.IntegerField(
        label=gettext_lazy("Break after which all begins anew, in minutes"), min_value=0,
        max_value=1440,
    )  # fmt: skip
    least = euros_field(gettext_lazy("Least price in euros"))
    most_day = euros_field(gettext_lazy("Highest price of a day in euros (empty: none)"))
    before_hours = forms.ChoiceField(label=gettext_lazy("Bought before charging begins"), choices=[
        ("wait", gettext_lazy("paid time begins when charging begins")),
        ("refuse", gettext_lazy("is refused")),
    ])  # fmt: skip
    after_hours = forms.ChoiceField(label=gettext_lazy("Time left when charging ends"), choices=[
        ("carry", gettext_lazy("goes on when charging begins again")),
        ("end", gettext_lazy("ends when charging begins again")),
    ])  # fmt: skip
    follow_through = forms.BooleanField(
        label=gettext_lazy("Steps count on from one window to the next"), required=False
    )
    electric_percent = forms.IntegerField(
        label=gettext_lazy("Electric cars pay per cent of the price (empty: all)"), min_value=0,
        max_value=100, required=False,
    )  # fmt: skip
    electric_until = forms.DateField(label=gettext_lazy("… to and with the day"), required=False,
                                     widget=forms.DateInput({"type": "date"}))  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=250)

    @classmethod
    def of(cls, row: Tariff) -> "RulesForm":
        """The form with what is stored."""
        rules = row.rules
        electric = rules.get("vehicles", {}).get("electric", {})
        names = ("minute", "free_minutes", "longest_minutes", "before_hours", "after_hours")
        found = {name: rules.get(name) for name in names}
        return cls(initial={
            **found, "return_minutes": rules.get("return_minutes", 60), "note": row.note,
            "least": _euros(rules.get("least_cents")),
            "most_day": _euros(rules.get("most_day_cents")),
            "follow_through": rules.get("follow_through", True),
            "electric_percent": electric["per_mille"] // 10 if electric else None,
            "electric_until": electric.get("until"),
        })  # fmt: skip


class WindowForm(forms.Form):
    """Some hours with up to three steps; without a name it is left out."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=30)
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Days"), required=False, choices=list(DAY_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    begins = forms.RegexField(r"^\d\d:\d\d$", label=gettext_lazy("From"), required=False)
    ends = forms.RegexField(r"^\d\d:\d\d$", label=gettext_lazy("Until (24:00: midnight)"),
                            required=False)  # fmt: skip
    most = euros_field(gettext_lazy("At most, in euros"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for at in STEPS:
            self.fields[f"minutes{at}"] = forms.IntegerField(
                label=_("Step %s: for minutes (empty: to the end)") % at, min_value=1,
                max_value=44_640, required=False,
            )  # fmt: skip
            self.fields[f"euros{at}"] = euros_field(_("Step %s: euros") % at)
            self.fields[f"per{at}"] = forms.IntegerField(
                label=_("Step %s: for each … minutes") % at, min_value=1, max_value=1440,
                required=False,
            )  # fmt: skip


WindowForms = forms.formset_factory(WindowForm, extra=1, max_num=MOST_WINDOWS)


class TryForm(forms.Form):
    """A time to be priced; as an example with the price that it must have."""

    begins = moment_field(gettext_lazy("From"))
    until = moment_field(gettext_lazy("Until"))
    vehicle = forms.ChoiceField(label=gettext_lazy("Vehicle"), choices=list(VEHICLES.items()))
    euros = euros_field(gettext_lazy("Must cost, in euros"))

    def clean(self) -> dict[str, Any]:
        """The end is later, and within a month."""
        said = super().clean() or {}
        begins, until = said.get("begins"), said.get("until")
        if begins and until and not 0 < (until - begins).total_seconds() <= 31 * 86400:
            self.add_error("until", _("The end must be later, by at most 31 days."))
        return said

    def span(self) -> tuple[datetime, datetime]:
        """From when until when."""
        return self.cleaned_data["begins"], self.cleaned_data["until"]

    def stored(self) -> dict[str, Any]:
        """The example as the version keeps it."""
        begins, until = (timezone.localtime(one) for one in self.span())
        return {"begins": begins.strftime(MOMENT), "until": until.strftime(MOMENT),
                "vehicle": self.cleaned_data["vehicle"],
                "cents": _cents(self.cleaned_data["euros"])}  # fmt: skip


class PublishForm(forms.Form):
    """From when on the version holds."""

    since = moment_field(gettext_lazy("It holds from"))


def rules_from(
    said: Mapping[str, Any], windows: Sequence[Mapping[str, Any]], before: Mapping[str, Any]
) -> dict[str, Any]:
    """Rules as they are stored; classes of vehicles that the form does not know stay."""
    vehicles = {k: v for k, v in before.get("vehicles", {}).items() if k != "electric"}
    if said["electric_percent"] is not None:
        until = said["electric_until"]
        vehicles["electric"] = {"per_mille": said["electric_percent"] * 10,
                                "until": until.isoformat() if until else None}  # fmt: skip
    return {
        "windows": [_window(one) for one in windows if one.get("name")],
        "minute": said["minute"], "free_minutes": said["free_minutes"] or 0,
        "least_cents": _cents(said["least"]) or 0, "most_day_cents": _cents(said["most_day"]),
        "longest_minutes": said["longest_minutes"], "return_minutes": said["return_minutes"],
        "before_hours": said["before_hours"], "after_hours": said["after_hours"],
        "follow_through": said["follow_through"], "vehicles": vehicles,
    }  # fmt: skip


def _window(said: Mapping[str, Any]) -> dict[str, Any]:
    steps = [
        {"minutes": said[f"minutes{at}"], "cents": _cents(said[f"euros{at}"]),
         "per_minutes": said[f"per{at}"] or 60}
        for at in STEPS if said[f"euros{at}"] is not None
    ]  # fmt: skip
    return {"name": said["name"], "days": said["days"], "begins": said["begins"],
            "ends": said["ends"], "most_cents": _cents(said["most"]), "steps": steps}  # fmt: skip


def windows_of(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Stored windows as the fields show them."""
    found = []
    for one in rules["windows"]:
        fields = {"name": one["name"], "days": one["days"], "begins": one["begins"],
                  "ends": one["ends"], "most": _euros(one.get("most_cents"))}  # fmt: skip
        for at, step in zip(STEPS, one["steps"], strict=False):
            fields |= {f"minutes{at}": step.get("minutes"), f"euros{at}": _euros(step["cents"]),
                       f"per{at}": step.get("per_minutes", 60)}  # fmt: skip
        found.append(fields)
    return found


def _cents(euros: Decimal | None) -> int | None:
    return None if euros is None else int(euros * 100)


def _euros(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents) / 100
