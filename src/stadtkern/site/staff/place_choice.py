"""Naming a place in a form: one that exists, or a new one."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.places.models import Place, point

OFFERED = 300


@dataclass(frozen=True, kw_only=True)
class NewPlace:
    """A place that the form describes."""

    name: str
    kind: str
    lon: float
    lat: float

    def save(self) -> Place:
        """The place, stored."""
        return Place.objects.create(
            name=self.name, kind=self.kind, geometry=point(self.lon, self.lat)
        )


class PlaceChoiceForm(forms.Form):
    """The part of a form that asks where."""

    where = forms.ChoiceField(
        label=_("Where does it stand?"),
        initial="known",
        widget=forms.RadioSelect,
        choices=[("known", _("at a place we have")), ("new", _("at a new place"))],
    )
    place = forms.CharField(
        label=_("Place we have"),
        required=False,
        max_length=200,
        help_text=_("Begin to type its name, or paste the end of its page's address."),
        widget=forms.TextInput({"list": "places", "autocomplete": "off"}),
    )
    place_name = forms.CharField(label=_("Name of the new place"), required=False, max_length=200)
    place_kind = forms.ChoiceField(label=_("Kind of place"), required=False)
    lat = forms.FloatField(
        label=_("Latitude"),
        required=False,
        min_value=-90,
        max_value=90,
        help_text=_("In degrees, such as 51.5388."),
        widget=forms.TextInput({"inputmode": "decimal"}),
    )
    lon = forms.FloatField(
        label=_("Longitude"),
        required=False,
        min_value=-180,
        max_value=180,
        help_text=_("In degrees, such as 7.2257."),
        widget=forms.TextInput({"inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(slug, kind.title) for slug, kind in registry.place_kinds().items()]
        self.fields["place_kind"].choices = kinds  # type: ignore[attr-defined]
        for name in ("lat", "lon"):
            self.fields[name].localize = True

    def offered(self) -> list[tuple[str, str]]:
        """Places to suggest while typing, by name; the search works for all others too."""
        return list(Place.objects.values_list("name", "town")[:OFFERED])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("where") == "known":
            self._clean_known(str(data.get("place") or "").strip())
        elif data.get("where") == "new":
            self._clean_new()
        return data

    def _clean_known(self, text: str) -> None:
        if not text:
            self.add_error("place", _("Name the place, or choose “at a new place”."))
            return
        try:
            self.cleaned_data["chosen"] = find(text)
        except ValidationError as error:
            self.add_error("place", error)

    def _clean_new(self) -> None:
        given = {name: self.cleaned_data.get(name) for name in ("place_name", "lon", "lat")}
        for name, value in given.items():
            if value in (None, "") and name not in self.errors:
                self.add_error(name, _("This is needed for a new place."))
        self._inside_the_city()
        if not self.errors:
            self.cleaned_data["chosen"] = NewPlace(
                name=self.cleaned_data["place_name"],
                kind=self.cleaned_data["place_kind"],
                lon=self.cleaned_data["lon"],
                lat=self.cleaned_data["lat"],
            )

    def _inside_the_city(self) -> None:
        lon, lat = self.cleaned_data.get("lon"), self.cleaned_data.get("lat")
        west, south, east, north = registry.city().city.bounds
        if lon is None or lat is None or (west <= lon <= east and south <= lat <= north):
            return
        swapped = west <= lat <= east and south <= lon <= north
        self.add_error(
            "lat",
            _("Latitude and longitude look swapped.")
            if swapped
            else _("This point lies outside the city. Check latitude and longitude."),
        )

    def chosen_place(self) -> Place:
        """The place that was chosen; made now where it is new."""
        chosen: Place | NewPlace = self.cleaned_data["chosen"]
        return chosen.save() if isinstance(chosen, NewPlace) else chosen


def find(text: str) -> Place:
    """The one place of this name or public id. ValidationError: none, or several."""
    if number := _public_id(text):
        found = list(Place.objects.filter(public_id=number))
    else:
        found = list(Place.objects.filter(name__iexact=text)[:6])
    if len(found) == 1:
        return found[0]
    if found:
        raise ValidationError(
            _(
                "Several places are called “%(name)s”. Paste the end of the right one's address: "
                "%(all)s"
            ),
            params={"name": text, "all": ", ".join(str(place.public_id) for place in found)},
        )
    raise ValidationError(_no_such_place(text))


def _public_id(text: str) -> UUID | None:
    try:
        return UUID(text.rstrip("/").rpartition("/")[2])
    except ValueError:
        return None


def _no_such_place(text: str) -> Any:
    names = list(Place.objects.values_list("name", flat=True)[:5000])
    like = get_close_matches(text, names, n=3, cutoff=0.5)
    like = like or list(
        Place.objects.filter(name__icontains=text).values_list("name", flat=True)[:3]
    )
    if not like:
        return _("There is no place of this name. Choose “at a new place” to make one.")
    return _("There is no place of this name. Do you mean %(like)s?") % {"like": ", ".join(like)}
