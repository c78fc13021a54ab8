"""The form in which staff record a measure: what, where, since when, and what it is to change."""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from shapely.errors import ShapelyError
from shapely.geometry import shape

from stadtkern.kernel.effects.models import Intervention
from stadtkern.kernel.places.models import point
from stadtkern.kernel.things.models import Datastream, ObservedProperty
from stadtkern.site.staff.place_choice import find

if TYPE_CHECKING:
    InterventionFields = forms.ModelForm[Intervention]
else:
    InterventionFields = forms.ModelForm

DRAWN = ("LineString", "MultiLineString", "Polygon", "MultiPolygon", "Point")
LAID_DOWN = ("weeks_before", "weeks_after")
MOST_LINKS = 10
TOGETHER = 200_000


class MeasureForm(InterventionFields):
    """All that is recorded of a measure; its place in one of three ways."""

    place = forms.CharField(
        label=_("Place we have"),
        required=False,
        max_length=200,
        help_text=_("The name of a place, if the measure was taken there."),
    )
    lat = forms.FloatField(
        label=_("Latitude"),
        required=False,
        min_value=-90,
        max_value=90,
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )
    lon = forms.FloatField(
        label=_("Longitude"),
        required=False,
        min_value=-180,
        max_value=180,
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )
    shape = forms.CharField(
        label=_("Street or area as GeoJSON"),
        required=False,
        max_length=TOGETHER,
        help_text=_("From the city's geodata: a line or an area. It goes before the point."),
        widget=forms.Textarea({"rows": 4, "class": "code", "spellcheck": "false"}),
    )
    addresses = forms.CharField(
        label=_("Links"),
        required=False,
        max_length=4000,
        help_text=_("One on each line: a title, a space, the address."),
        widget=forms.Textarea({"rows": 2}),
    )

    class Meta:
        model = Intervention
        fields = (
            "title", "title_en", "kind", "about", "about_en", "who", "begins", "ends",
            "observed_property", "subject", "subject_en", "direction", "weeks_before",
            "weeks_after", "invented", "note", "note_en",
        )  # fmt: skip
        labels = {
            "title": _("Title"),
            "title_en": _("Title in English"),
            "kind": _("Kind"),
            "about": _("What is changed"),
            "about_en": _("What is changed, in English"),
            "who": _("Responsible"),
            "begins": _("First day"),
            "ends": _("Last day, if it ends"),
            "observed_property": _("What it is to change"),
            "subject": _("The same in one word"),
            "subject_en": _("The same in English"),
            "direction": _("Which way"),
            "weeks_before": _("Weeks before it"),
            "weeks_after": _("Weeks after it"),
            "invented": _("Invented for a demonstration"),
            "note": _("Remark beside the result"),
            "note_en": _("Remark in English"),
        }
        help_texts = {
            "subject": _("As in “12 % more bicycle traffic”: bicycle traffic."),
            "weeks_before": _("At least 52. Two years are better: 104."),
            "weeks_after": _("At least 8. Half a year is better: 26."),
        }
        widgets = {
            "about": forms.Textarea({"rows": 3}),
            "about_en": forms.Textarea({"rows": 3}),
            "begins": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "ends": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "note": forms.Textarea({"rows": 2}),
            "note_en": forms.Textarea({"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one = self.instance
        observed = self.fields["observed_property"]
        assert isinstance(observed, forms.ModelChoiceField)
        measured = Datastream.objects.public().values("observed_property")
        observed.queryset = ObservedProperty.objects.filter(pk__in=measured).order_by("name")
        observed.required = True
        if one.pk:
            self.fields["addresses"].initial = "\n".join(
                f"{link['title']} {link['url']}" for link in one.links
            )
            self._place_of(one)
        if one.preregistered:
            for name in LAID_DOWN:
                self.fields[name].disabled = True

    def _place_of(self, one: Intervention) -> None:
        if one.geometry and one.geometry.get("type") == "Point":
            lon, lat = one.geometry["coordinates"][:2]
            self.fields["lon"].initial, self.fields["lat"].initial = lon, lat
        elif one.geometry:
            self.fields["shape"].initial = json.dumps(one.geometry)

    def clean_shape(self) -> dict[str, Any] | None:
        text = str(self.cleaned_data["shape"]).strip()
        if not text:
            return None
        try:
            said = json.loads(text)
            geometry = said.get("geometry", said) if isinstance(said, dict) else {}
            drawn = shape(geometry)
        except (ValueError, TypeError, KeyError, AttributeError, ShapelyError):
            raise ValidationError(_("This is no GeoJSON of a line or an area.")) from None
        if geometry.get("type") not in DRAWN or drawn.is_empty or not _on_earth(drawn.bounds):
            raise ValidationError(_("Give one line or area, in longitude and latitude."))
        return {"type": geometry["type"], "coordinates": geometry["coordinates"]}

    def clean_addresses(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in str(self.cleaned_data["addresses"]).splitlines()]
        return [_link(line) for line in lines if line][:MOST_LINKS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begins, ends = data.get("begins"), data.get("ends")
        if begins and ends and ends < begins:
            self.add_error("ends", _("The last day must not be before the first one."))
        for name, low, high in (("weeks_before", 52, 260), ("weeks_after", 8, 104)):
            value = data.get(name)
            if value is not None and not low <= value <= high:
                said = _("Give a number from %(low)s to %(high)s.") % {"low": low, "high": high}
                self.add_error(name, said)
        self.cleaned_data["geometry"] = self._geometry(data)
        return data

    def _geometry(self, data: dict[str, Any]) -> dict[str, Any] | None:
        if data.get("shape"):
            drawn: dict[str, Any] = data["shape"]
            return drawn
        lon, lat = data.get("lon"), data.get("lat")
        if lon is not None and lat is not None:
            return point(lon, lat)
        if name := str(data.get("place") or "").strip():
            try:
                return dict(find(name).geometry or {}) or None
            except ValidationError as error:
                self.add_error("place", error)
        elif not self.errors:
            self.add_error("lat", _("Choose the point on the map, name a place, or give a shape."))
        return None

    def save(self, commit: bool = True) -> Intervention:
        one: Intervention = super().save(commit=False)
        one.geometry = self.cleaned_data["geometry"]
        one.links = self.cleaned_data["addresses"]
        if not one.slug:
            one.slug = _free_slug(one.title)
        if commit:
            one.save()
        return one


def _link(line: str) -> dict[str, str]:
    title, _space, url = line.rpartition(" ")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise ValidationError(_("Each line ends with an address that begins with https://."))
    return {"title": title or url, "url": url}


def _on_earth(box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return west >= -180 and east <= 180 and south >= -90 and north <= 90


def _free_slug(title: str) -> str:
    """An address from the title that no other measure has."""
    spelled = title.lower().translate({228: "ae", 246: "oe", 252: "ue", 223: "ss"})
    begin = slugify(spelled)[:70] or "massnahme"
    taken = set(Intervention.objects.filter(slug__startswith=begin).values_list("slug", flat=True))
    numbered = (begin if n == 1 else f"{begin}-{n}" for n in range(1, len(taken) + 2))
    return next(one for one in numbered if one not in taken)
