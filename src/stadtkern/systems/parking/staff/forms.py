"""Forms of a car park: its facts, ways in, prices and counters."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.things.models import Thing
from stadtkern.systems.parking.logic import hours
from stadtkern.systems.parking.models import Entrance, Lane, Price, Site

if TYPE_CHECKING:
    SiteModelForm = forms.ModelForm[Site]
    LaneModelForm = forms.ModelForm[Lane]
    EntranceModelForm = forms.ModelForm[Entrance]
    PriceModelForm = forms.ModelForm[Price]
else:
    SiteModelForm = LaneModelForm = EntranceModelForm = PriceModelForm = forms.ModelForm

LIMITS = ("full_below", "full_above", "low_below", "low_above")
PARK_AND_RIDE = (
    ("YES", _("park and ride")), ("TRAIN", _("beside a railway station")),
    ("BUS", _("beside a bus stop")), ("TRAM", _("beside a tram stop")),
)  # fmt: skip
LANE_COUNTER = "parking.lane-counter"


class SiteForm(SiteModelForm):
    """All facts. Thresholds are percent here, shares in the row."""

    park_and_ride = forms.MultipleChoiceField(
        label=_("Park and ride"), required=False, choices=PARK_AND_RIDE,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    full_below = forms.FloatField(label=_("Full below (percent free)"), min_value=0, max_value=100)
    full_above = forms.FloatField(
        label=_("No longer full from (percent free)"), min_value=0, max_value=100
    )
    low_below = forms.FloatField(
        label=_("Few free below (percent free)"), min_value=0, max_value=100
    )
    low_above = forms.FloatField(
        label=_("Many free again from (percent free)"), min_value=0, max_value=100
    )

    class Meta:
        model = Site
        fields = (
            "kind", "counting", "capacity", "opening_hours", "closed_until", "closed_why",
            "max_height_cm", "max_stay_minutes", "covered", "has_fee", "park_and_ride",
            "operator", "phone", "url", *LIMITS, "source", "licence",
        )  # fmt: skip
        labels = {
            "kind": _("Kind"), "counting": _("How it is counted"),
            "capacity": _("Spaces, where no bays are counted"),
            "opening_hours": _("Opening hours"), "closed_until": _("Closed until"),
            "closed_why": _("Why it is closed"), "max_height_cm": _("Height in cm"),
            "max_stay_minutes": _("Longest stay in minutes"), "covered": _("Has a roof"),
            "has_fee": _("Costs a fee"), "operator": _("Operator"), "phone": _("Telephone"),
            "url": _("Website"), "source": _("Source of these facts"), "licence": _("Licence"),
        }  # fmt: skip
        help_texts = {
            "opening_hours": _(
                "As OpenStreetMap writes it: “24/7”, or “Mo-Fr 06:00-22:00; Sa,PH 08:00-20:00”."
            ),
            "closed_until": _("Until then nobody can drive in. Leave it empty to open again."),
        }
        widgets = {
            "closed_until": forms.DateTimeInput(
                {"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in LIMITS:
            self.initial[name] = round(100 * getattr(self.instance, name), 1)

    def clean_opening_hours(self) -> str:
        text: str = self.cleaned_data["opening_hours"].strip()
        try:
            hours.check(text)
        except hours.NotUnderstood as error:
            raise forms.ValidationError(str(error)) from error
        return text

    def clean_closed_until(self) -> Any:
        until = self.cleaned_data["closed_until"]
        if until and until <= clock.now() and "closed_until" in self.changed_data:
            raise forms.ValidationError(_("This moment is over. Name a later one."))
        return until

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        limits = [said.get(name) for name in LIMITS]
        known = [one for one in limits if one is not None]
        if len(known) == len(LIMITS) and known != sorted(known):
            self.add_error("low_above", _("Each threshold has to be as high as the one before it."))
        for name, value in zip(LIMITS, limits, strict=True):
            if value is not None:
                said[name] = value / 100
        if said.get("closed_until") and not said.get("closed_why"):
            self.add_error("closed_why", _("Say why, since people ask."))
        if "YES" in said.get("park_and_ride", ()) and len(said["park_and_ride"]) > 1:
            said["park_and_ride"] = [one for one in said["park_and_ride"] if one != "YES"]
        if said.get("counting") != "bays" and not said.get("capacity"):
            self.add_error("capacity", _("Say how many spaces there are."))
        return said


class LaneForm(LaneModelForm):
    """A counter at a lane: which one, and which way its cars go."""

    thing = forms.ModelChoiceField(
        Thing.objects.filter(kind=LANE_COUNTER).order_by("name"), label=_("Counter")
    )

    class Meta:
        model = Lane
        fields = ("name", "thing", "direction")
        labels = {"name": _("Lane"), "direction": _("Counter A counts cars going")}


class EntranceForm(EntranceModelForm):
    """A way in or out."""

    class Meta:
        model = Entrance
        fields = ("kind", "name", "lon", "lat", "max_height_cm")
        labels = {
            "kind": _("Kind"), "name": _("Name"), "lon": _("Longitude"), "lat": _("Latitude"),
            "max_height_cm": _("Height in cm"),
        }  # fmt: skip


class PriceForm(PriceModelForm):
    """One line of the price list; without minutes it is for one whole stay."""

    class Meta:
        model = Price
        fields = ("title", "title_en", "cents", "minutes", "weight")
        labels = {
            "title": _("Price"), "title_en": _("In English"), "cents": _("Cents"),
            "minutes": _("For how many minutes"), "weight": _("Order"),
        }  # fmt: skip


EntranceRows = forms.inlineformset_factory(Site, Entrance, form=EntranceForm, extra=1)
PriceRows = forms.inlineformset_factory(Site, Price, form=PriceForm, extra=1)
LaneRows = forms.inlineformset_factory(Site, Lane, form=LaneForm, extra=1)


class CountForm(forms.Form):
    """How many vehicles are inside now."""

    occupied = forms.IntegerField(label=_("Vehicles inside now"), min_value=0, max_value=100_000)
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def __init__(self, *args: Any, capacity: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.capacity = capacity

    def clean_occupied(self) -> int:
        occupied: int = self.cleaned_data["occupied"]
        if occupied > self.capacity * 1.2:
            raise forms.ValidationError(
                gettext("There are only %(all)s spaces. Check the number, or the capacity.")
                % {"all": self.capacity}
            )
        return occupied


class ClosureForm(forms.Form):
    """A bay out of service: why, and until when."""

    why = forms.CharField(label=_("Reason"), max_length=200)
    until = forms.DateTimeField(
        label=_("Until"), required=False, help_text=_("Empty: until somebody opens it again."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until and until <= clock.now():
            raise forms.ValidationError(_("This moment is over. Name a later one."))
        return until
