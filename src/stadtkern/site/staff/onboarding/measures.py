"""The fourth step: what it is called, and which of its values are kept."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.contract import Observed
from stadtkern.kernel.devices.ingest.event import Incoming
from stadtkern.kernel.devices.models import Draft, Profile
from stadtkern.kernel.devices.onboarding import proposals, waiting
from stadtkern.kernel.devices.onboarding.observed import observed
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.onboarding import drafts


@dataclass(frozen=True, kw_only=True)
class Line:
    """A property with its two fields, and the value in the newest waiting message."""

    observed: Observed
    keep: BoundField
    title: BoundField
    value: proposals.Value | None


class MeasuresForm(forms.Form):
    """The device's name, and for each property whether it is kept and under which name."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As your colleagues call it, such as “P+R north, bay 12”."),
    )
    labels = forms.CharField(
        label=_("Labels"),
        required=False,
        max_length=400,
        help_text=_("Words to find it by, with commas; may stay empty."),
    )

    def __init__(self, properties: tuple[Observed, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.properties = properties
        for o in properties:
            self.fields[f"keep_{o.slug}"] = forms.BooleanField(
                label=o.title, required=False, initial=True
            )
            self.fields[f"title_{o.slug}"] = forms.CharField(
                label=_("Own name for “%(title)s”") % {"title": o.title},
                required=False,
                max_length=200,
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.properties and not self.only():
            self.add_error(None, _("Keep at least one of the values, or there is nothing to see."))
        return data

    def only(self) -> list[str]:
        """The properties that are kept."""
        return [o.slug for o in self.properties if self.cleaned_data.get(f"keep_{o.slug}")]

    def titles(self) -> dict[str, str]:
        """Own names of datastreams, by property."""
        given = {o.slug: self.cleaned_data.get(f"title_{o.slug}", "") for o in self.properties}
        return {slug: title for slug, title in given.items() if title}

    def words(self) -> list[str]:
        """The labels."""
        return [w.strip()[:60] for w in self.cleaned_data["labels"].split(",") if w.strip()]


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """Names, and the profile's properties with their units and present values."""
    draft = drafts.mine(request, number)
    profile = drafts.profile_of(draft)
    if profile is None:
        return redirect(drafts.address(draft, "profile"))
    events = waiting.messages(draft.dev_eui)
    properties = observed(profile)
    initial = _initial(draft, profile, properties, events)
    form = MeasuresForm(properties, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        draft.said |= {
            "name": form.cleaned_data["name"],
            "only": form.only(),
            "titles": form.titles(),
            "labels": form.words(),
        }
        draft.save()
        return redirect(drafts.address(draft, "summary"))
    values = {v.observed.slug: v for v in proposals.read_by(profile, events)}
    lines = [
        Line(
            observed=o,
            keep=form[f"keep_{o.slug}"],
            title=form[f"title_{o.slug}"],
            value=values.get(o.slug),
        )
        for o in properties
    ]
    status = 422 if form.errors else 200
    return drafts.shown(
        request,
        draft,
        "measures",
        form=form,
        profile=profile,
        lines=lines,
        heard=bool(events),
        status=status,
    )


def _initial(
    draft: Draft, profile: Profile, properties: tuple[Observed, ...], events: list[Incoming]
) -> dict[str, Any]:
    said = draft.said
    if "only" in said:
        found: dict[str, Any] = {f"keep_{o.slug}": o.slug in said["only"] for o in properties}
    else:
        found = {f"keep_{o.slug}": True for o in properties}
    found |= {f"title_{slug}": title for slug, title in said.get("titles", {}).items()}
    found["labels"] = ", ".join(said.get("labels", []))
    found["name"] = said.get("name") or _likely_name(draft, profile, events)
    return found


def _likely_name(draft: Draft, profile: Profile, events: list[Incoming]) -> str:
    """What the network calls it, or its model and place."""
    there = next((event.there["device"] for event in events if event.there.get("device")), "")
    if there and there.lower() != draft.dev_eui:
        return there
    place = drafts.place_of(draft)
    where = place.name if place else draft.said.get("place_name", "")
    return f"{where} {profile.model}".strip()[:200]
