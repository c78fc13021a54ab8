"""What can be done to many devices, and what each deed asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stadtkern.kernel import registry
from stadtkern.kernel.devices.models import Device, Network, Profile
from stadtkern.kernel.devices.onboarding.observed import observed
from stadtkern.kernel.things import provision
from stadtkern.site.staff.fleet.filters import labels

MOST_LABELS = 20


class ActForm(forms.Form):
    """What a deed needs to know; as it stands: nothing."""

    def wanted(self, value: Any) -> Any:
        """What a device's present value becomes."""
        raise NotImplementedError

    def fitting(self, ids: Sequence[int]) -> tuple[list[int], int]:
        """Those that the deed can be done to, and how many are left out."""
        return list(ids), 0

    def after(self, ids: Sequence[int]) -> None:
        """What follows from the deed."""


class AddLabel(ActForm):
    """One more label."""

    label = forms.CharField(
        label=pgettext_lazy("device", "Label"),
        max_length=40,
        help_text=_("A short word, such as “school” or “round 2”."),
    )

    def wanted(self, value: Any) -> Any:
        label = self.cleaned_data["label"]
        return value if label in value or len(value) >= MOST_LABELS else [*value, label]


class RemoveLabel(ActForm):
    """One label less."""

    label = forms.ChoiceField(label=pgettext_lazy("device", "Label"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["label"].choices = [(one, one) for one in labels()]  # type: ignore[attr-defined]

    def wanted(self, value: Any) -> Any:
        return [one for one in value if one != self.cleaned_data["label"]]


class SetProfile(ActForm):
    """Another profile, which brings its codec; the thing that a device feeds stays."""

    profile = forms.ModelChoiceField(
        Profile.objects.defer("codec", "examples"),
        label=_("Device profile"),
        empty_label=_("please choose"),
        help_text=_(
            "Messages are decoded with its codec from now on. Older ones stay as they are."
        ),
    )

    def wanted(self, value: Any) -> Any:
        return self.cleaned_data["profile"].pk

    def fitting(self, ids: Sequence[int]) -> tuple[list[int], int]:
        kind = self.cleaned_data["profile"].thing_kind
        rows = Device.objects.filter(pk__in=ids).order_by("pk")
        fit = rows.filter(profile__thing_kind=kind) | rows.filter(thing=None)
        found = list(fit.values_list("pk", flat=True))
        return found, len(ids) - len(found)

    def after(self, ids: Sequence[int]) -> None:
        """Datastreams for what the new profile reads and the old one did not."""
        profile = self.cleaned_data["profile"]
        observes = observed(profile)
        devices = Device.objects.filter(pk__in=ids, thing__place__isnull=False)
        provision.complete(
            [(d.thing, _new(d, profile, observes)) for d in devices.select_related("thing__place")
             if d.thing],
            source=registry.city().title,
        )  # fmt: skip


class SetNetwork(ActForm):
    """The one network whose messages count."""

    network = forms.ModelChoiceField(
        Network.objects.all(),
        label=_("Network"),
        required=False,
        empty_label=_("any: messages from every network count"),
    )

    def wanted(self, value: Any) -> Any:
        chosen = self.cleaned_data["network"]
        return chosen.pk if chosen else None


class Rest(ActForm):
    """Out of service."""

    def wanted(self, value: Any) -> Any:
        return True


class Wake(ActForm):
    """Back in service."""

    def wanted(self, value: Any) -> Any:
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """A deed: its name in forms, its words, the field it sets, and what it asks for."""

    key: str
    title: str | Promise
    field: str = ""
    says: str | Promise = ""
    form: type[ActForm] = ActForm


_ALL = (
    Act(key="label", title=_("Add a label"), field="labels", form=AddLabel),
    Act(key="unlabel", title=_("Remove a label"), field="labels", form=RemoveLabel),
    Act(key="profile", title=_("Change the profile"), field="profile", form=SetProfile),
    Act(key="network", title=_("Change the network"), field="network", form=SetNetwork),
    Act(
        key="rest",
        title=_("Let rest"),
        field="resting",
        says=_("Their messages are kept, but give no values and no alerts until you wake them."),
        form=Rest,
    ),
    Act(
        key="wake",
        title=_("Wake"),
        field="resting",
        says=_("Their messages give values again, and their silence is noticed."),
        form=Wake,
    ),
    Act(key="decode", title=_("Decode again")),
    Act(key="csv", title=_("Save as CSV")),
    Act(key="xlsx", title=_("Save for Excel")),
)
ACTS = {act.key: act for act in _ALL}


def _new(device: Device, profile: Profile, observes: tuple[Any, ...]) -> provision.NewThing:
    assert device.thing is not None
    assert device.thing.place is not None
    return provision.NewThing(
        place=device.thing.place,
        name=device.thing.name,
        sensor=profile.sensor,
        observes=observes,
        kind=device.thing.kind,
    )
