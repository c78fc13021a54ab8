"""One line of the mapping as a form: a field of the codec, what it is, and how it is converted."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Observed
from stadtkern.kernel.devices.models import Profile
from stadtkern.kernel.devices.vocabulary import (
    by_slug,
    conversion,
    known_unit,
    observed,
    terms,
)
from stadtkern.kernel.devices.vocabulary.fields import as_number
from stadtkern.site.staff.codecs import words


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A property that a field can be mapped to. A fixed one's range is its system's."""

    observed: Observed
    title: str
    ucum: str
    fixed: bool


def choices(profile: Profile) -> dict[str, Choice]:
    """What this profile's fields can be, by slug: its system's properties, or all there are."""
    kind = registry.thing_kinds().get(profile.thing_kind)
    if kind is not None:
        return {o.slug: _choice(o, fixed=True) for o in kind.observes}
    found = dict(_all(get_language() or "de"))
    for one in profile.observes:
        own = msgspec.convert(one, Observed)
        if own.slug not in registry.observed():
            found[own.slug] = _choice(own, fixed=False)
    return found


@lru_cache(maxsize=4)
def _all(language: str) -> dict[str, Choice]:
    table = {t.slug: _choice(observed(t), fixed=False) for t in terms()}
    declared = {slug: _choice(o, fixed=True) for slug, o in registry.observed().items()}
    return {**table, **declared}


def _choice(one: Observed, *, fixed: bool) -> Choice:
    term = by_slug().get(one.slug)
    ucum = known_unit(one.unit) or (term.ucum if term and term.unit == one.unit else "")
    return Choice(observed=one, title=words.title_of(one), ucum=ucum, fixed=fixed)


class LineForm(forms.Form):
    """A field and what becomes of it; without a property it is not mapped."""

    path = forms.CharField(label=_("Field"), max_length=200, widget=forms.HiddenInput)
    property = forms.CharField(
        label=_("What it is"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"list": "properties", "placeholder": _("not mapped")}),
    )
    unit = forms.CharField(
        label=_("Its unit"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"list": "units"}),
    )
    factor = forms.FloatField(label=_("Factor"), required=False)
    offset = forms.FloatField(label=_("Plus"), required=False)
    words = forms.CharField(label=_("Words"), max_length=1000, required=False)
    low = forms.FloatField(label=_("Plausible from"), required=False)
    high = forms.FloatField(label=_("to"), required=False)

    def __init__(self, *args: Any, known: Mapping[str, Choice], **kwargs: Any) -> None:
        self.known = known
        super().__init__(*args, **kwargs)

    def clean_property(self) -> str:
        """The slug of what somebody named by its title or slug."""
        said = str(self.cleaned_data["property"]).strip()
        if not said or said in self.known:
            return said
        found = [slug for slug, c in self.known.items() if c.title.casefold() == said.casefold()]
        if len(found) != 1:
            raise ValidationError(_("There is no such property. Choose one of the list."))
        return found[0]

    def clean_words(self) -> dict[str, float]:
        """`open = 1, closed = 0` as a table."""
        found: dict[str, float] = {}
        for pair in str(self.cleaned_data["words"]).replace("\n", ",").split(","):
            word, equals, number = pair.rpartition("=")
            if not pair.strip():
                continue
            value = as_number(number.strip())
            if not equals or not word.strip() or value is None or not math.isfinite(value):
                raise ValidationError(_("Write words like this: open = 1, closed = 0"))
            found[word.strip()] = value
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        low, high = data.get("low"), data.get("high")
        if low is not None and high is not None and low >= high:
            self.add_error("high", _("The end must be above the beginning."))
        if data.get("factor") == 0:
            self.add_error("factor", _("With the factor 0 every value would be 0."))
        if data.get("property") and data.get("unit"):
            self._convert(data)
        return data

    def _convert(self, data: dict[str, Any]) -> None:
        """A unit that was chosen decides factor and offset, unless somebody wrote them."""
        wanted = self.known[data["property"]].ucum
        change = conversion(known_unit(data["unit"]), wanted)
        if change is None:
            self.add_error("unit", _("This unit cannot be converted. Write a factor instead."))
        elif data.get("factor") is None and data.get("offset") is None:
            data["factor"], data["offset"] = change.factor, change.offset

    def measure(self) -> dict[str, Any]:
        """As an entry of a profile's `measures`."""
        data = self.cleaned_data
        return {
            "path": data["path"],
            "property": data["property"],
            "factor": 1.0 if data.get("factor") is None else data["factor"],
            "offset": data.get("offset") or 0.0,
            "words": data["words"],
        }

    def observed(self) -> Observed:
        """The property with the range that was written."""
        choice, data = self.known[self.cleaned_data["property"]], self.cleaned_data
        if choice.fixed:
            return choice.observed
        return replace(choice.observed, low=data["low"], high=data["high"])


class Lines(forms.BaseFormSet):  # type: ignore[type-arg]
    """All lines together: one property is fed by one field."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": False}

    def clean(self) -> None:
        seen: dict[str, str] = {}
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            slug, path = data.get("property"), data.get("path", "")
            if slug and slug in seen:
                form.add_error(
                    "property",
                    ValidationError(
                        _("“%(field)s” is mapped to this already."), params={"field": seen[slug]}
                    ),
                )
            elif slug:
                seen[slug] = path


LineFormSet = forms.formset_factory(LineForm, formset=Lines, extra=0, max_num=400, absolute_max=400)
