"""The forms of one step: each field is one of `content`'s, with a name and a hint."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.effects.models import Intervention
from stadtkern.systems.projects.content import STATUSES, THEMES

WHEN = RegexValidator(
    r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$",
    _("Please write a year, a month or a day: 2026, 2026-05 or 2026-05-17."),
)
LOCAL = RegexValidator(
    r"^(https?://|/)\S+$", _("Please write an address that begins with https:// or with /.")
)
LIVE = RegexValidator(
    r"^(tile:[a-z_]+\.[a-z0-9_-]+|datastream:\d{1,18})$",
    _("Please write datastream: and the number of the datastream, or choose a tile."),
)
LONG = 8000


def sentence(
    label: Any, hint: Any = "", *, required: bool = False, most: int = 300
) -> forms.CharField:
    """A line of text."""
    return forms.CharField(label=label, help_text=hint, required=required, max_length=most)


def paragraphs(label: Any, hint: Any = "", rows: int = 3, most: int = LONG) -> forms.CharField:
    """Several lines of text."""
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=most, widget=widget
    )


def moment(label: Any, *, required: bool = False) -> forms.CharField:
    """A date as exact as it is known."""
    return forms.CharField(
        label=label, required=required, max_length=10, validators=[WHEN],
        help_text=_("A year, a month or a day: 2026, 2026-05 or 2026-05-17."),
    )  # fmt: skip


def money(label: Any, hint: Any = "") -> forms.FloatField:
    """Euros."""
    return forms.FloatField(label=label, help_text=hint, required=False, min_value=0)


class WordsForm(forms.Form):
    """The texts in both languages."""

    title = sentence(_("Title"), required=True, most=120)
    summary = paragraphs(_("Short text"), _("One or two sentences for lists and search."), 2, 300)
    text = paragraphs(
        _("Text"),
        _("What happens, why, and what people get from it. A blank line begins a new paragraph."),
        9,
    )
    title_en = sentence(_("Title in English"), most=120)
    summary_en = paragraphs(_("Short text in English"), "", 2, 300)
    text_en = paragraphs(_("Text in English"), "", 9)
    english_fits = forms.BooleanField(
        label=_("The English text fits the German one as it is now"), required=False
    )


class FactsForm(forms.Form):
    """Themes, status, dates, whom to ask, and what of the city's data belongs to it."""

    themes = forms.MultipleChoiceField(
        label=_("Themes"), choices=list(THEMES.items()), widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    status = forms.ChoiceField(
        label=_("Status"), choices=[(key, word) for key, (_sign, word) in STATUSES.items()]
    )
    begins = moment(_("Begins"))
    ends = moment(_("Ends"))
    office = sentence(_("Contact office"), _("An office, not a person."), most=200)
    email = forms.EmailField(label=_("E-mail of the office"), required=False)
    source = sentence(_("Source of these statements"))
    systems = forms.MultipleChoiceField(
        label=_("Systems of the city"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("The project's page leads to them."),
    )  # fmt: skip
    measures = forms.MultipleChoiceField(
        label=_("Recorded measures"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("The project's page shows what effect they had."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        systems = [(one.slug, one.title) for one in registry.active() if "public" in one.urls]
        self.fields["systems"].choices = systems  # type: ignore[attr-defined]
        measures = [(one.slug, one.heading) for one in Intervention.objects.public()]
        self.fields["measures"].choices = measures  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begins, ends = data.get("begins") or "", data.get("ends") or ""
        if begins and ends and ends < begins[: len(ends)]:
            self.add_error("ends", _("This lies before the beginning."))
        return data


class WhereForm(forms.Form):
    """Whether it concerns the whole city."""

    citywide = forms.BooleanField(
        label=_("The project concerns the whole city"), required=False,
        help_text=_("It then stands in a lane of its own. Places below are still shown."),
    )  # fmt: skip


class Keyed(forms.Form):
    """A row that keeps its identity from version to version."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_key(self) -> Any:
        return self.cleaned_data.get("key") or uuid4()


class SpotForm(Keyed):
    """A place."""

    name = sentence(_("Place"), required=True)
    name_en = sentence(_("Place in English"))
    address = sentence(_("Address"))
    lon = forms.FloatField(
        label=_("Longitude"), required=False, min_value=-180, max_value=180,
        help_text=_("Leave both empty where the position is not known. Never guess."),
    )  # fmt: skip
    lat = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    source = sentence(_("Source of the position"))
    licence = sentence(_("Licence of the position"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        lon, lat = data.get("lon"), data.get("lat")
        if (lon is None) != (lat is None):
            self.add_error("lat", _("Please enter longitude and latitude, or neither."))
        if lon is not None and not data.get("source"):
            self.add_error("source", _("Please say where the position comes from."))
        return data


class PartnerForm(forms.Form):
    """A partner."""

    name = sentence(_("Organisation"), required=True)
    role = sentence(_("What it does in the project"))
    role_en = sentence(_("The same in English"))
    url = forms.URLField(label=_("Internet address"), required=False, max_length=500)


class FundingForm(forms.Form):
    """Somebody who gives money."""

    who = sentence(_("Who gives the money"), required=True)
    programme = sentence(_("Programme"))
    amount = money(_("Amount in euros"), _("Leave it empty where it is not known."))
    source = sentence(_("Source of the amount"))


class BudgetForm(forms.Form):
    """What it costs."""

    budget = money(_("Total cost in euros"), _("Leave it empty where it is not known."))
    budget_source = sentence(_("Source of the cost"))


class IndicatorForm(forms.Form):
    """A figure."""

    title = sentence(_("Figure"), _("Figures of the same name become one, the newest on top."),
                 required=True)  # fmt: skip
    title_en = sentence(_("Figure in English"))
    value = forms.FloatField(label=_("Value"), required=False)
    about = sentence(
        _("Before the value"), _("Such as “nearly” or “over”, where it is not exact."), most=40
    )
    about_en = sentence(_("Before the value, in English"), most=40)
    decimals = forms.IntegerField(label=_("Decimals"), min_value=0, max_value=4, initial=0,
                                  required=False)  # fmt: skip
    unit = sentence(_("Unit"), most=60)
    unit_en = sentence(_("Unit in English"), most=60)
    as_of = moment(_("As of"))
    definition = sentence(_("What it means"))
    definition_en = sentence(_("What it means, in English"))
    source = sentence(_("Source"))
    live = forms.CharField(
        label=_("Live value"), required=False, max_length=120, validators=[LIVE],
        widget=forms.TextInput({"list": "tiles"}),
        help_text=_("A tile or a datastream tells the value instead: no value here then."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["decimals"] = data.get("decimals") or 0
        if data.get("live"):
            data["value"] = None
            return data
        if data.get("value") is None and "value" not in self.errors:
            self.add_error("value", _("Please enter the value, or choose a live value."))
        if not data.get("source"):
            self.add_error("source", _("Please name the source of the figure."))
        return data


class MilestoneForm(forms.Form):
    """A step of the time line."""

    when = moment(_("When"), required=True)
    text = sentence(_("What happens"), required=True)
    text_en = sentence(_("The same in English"))


class NewsForm(Keyed):
    """A piece of news."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    title = sentence(_("Title"), required=True)
    title_en = sentence(_("Title in English"))
    text = paragraphs(_("Text"))
    text_en = paragraphs(_("Text in English"))


class LinkForm(forms.Form):
    """A page elsewhere."""

    title = sentence(_("Title"), required=True)
    title_en = sentence(_("Title in English"))
    url = forms.CharField(label=_("Internet address"), max_length=500, validators=[LOCAL])


class CaptionForm(forms.Form):
    """What must be said of a picture."""

    alt = sentence(_("What the picture shows"), _("For people who do not see it."), required=True)
    alt_en = sentence(_("What the picture shows, in English"))
    credit = sentence(_("Who made the picture"), required=True)
    licence = sentence(_("Licence"), _("Such as CC BY 4.0, or: all rights with the city."),
                   required=True)  # fmt: skip


class ShownForm(CaptionForm):
    """The same of a picture that is there."""

    picture = forms.UUIDField(widget=forms.HiddenInput)
