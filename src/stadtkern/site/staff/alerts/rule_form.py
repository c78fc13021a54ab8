"""The form of a rule: what is asked depends on the kind of condition."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.alerts import conditions
from stadtkern.kernel.alerts.models import About, Digest, Rule, Severity, Webhook
from stadtkern.kernel.devices.models import Device, Network, Profile
from stadtkern.kernel.people.models import Account, Role
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Project
from stadtkern.site.staff.alerts import condition_fields
from stadtkern.site.staff.lists import any_of

# How the kinds are offered: the kind, what it is about, its name, and what it is for.
Offer = tuple[str, str, str | Promise, str | Promise]
OFFERS: tuple[Offer, ...] = (
    ("threshold", "datastream", _("Limit"), _("A value lies above, below or outside of limits.")),
    ("rate", "datastream", _("Quick change"), _("A value rises or falls faster than it should.")),
    ("silence", "device", _("Silent device"), _("A device is not heard any more.")),
    ("silence", "gateway", _("Silent gateway"), _("A gateway hears nothing any more.")),
    ("silence", "datastream", _("Silent value"), _("A value does not come any more.")),
    ("battery", "device", _("Battery"), _("A battery is low, or will be soon.")),
    ("geofence", "device", _("Area"), _("A device leaves an area, or comes into one.")),
    ("frames", "device", _("Lost messages"), _("Too many messages of a device do not arrive.")),
    ("decoding", "device", _("Codec"), _("Messages of a device cannot be read.")),
    ("clock", "device", _("Clock"), _("The clock of a device runs off.")),
)
SELECTORS = {
    About.DEVICE: ("profile", "network", "label", "device"),
    About.GATEWAY: (),
    About.DATASTREAM: ("observed_property", "thing_kind", "project", "datastream"),
}


class RuleForm(forms.Form):
    """All of a rule; the fields of its condition are added by its kind."""

    title = forms.CharField(label=_("Name"), max_length=200)
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, initial="warning")
    advice = forms.CharField(
        label=_("What to do then"), required=False, max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Stands in each alert. Empty: what fits this kind of alert."),
    )  # fmt: skip

    profile = forms.ModelChoiceField(
        Profile.objects.all(), label=_("Device profile"), required=False, empty_label=_("all")
    )
    network = forms.ModelChoiceField(
        Network.objects.all(), label=_("Network"), required=False, empty_label=_("all")
    )
    label = forms.CharField(label=_("Label"), required=False, max_length=80)
    device = forms.CharField(label=_("One device (DevEUI)"), required=False, max_length=64)
    observed_property = forms.ModelChoiceField(
        ObservedProperty.objects.order_by("name"), label=_("Property"), required=False,
        empty_label=_("any"),
    )  # fmt: skip
    thing_kind = forms.ChoiceField(label=_("Kind of thing"), required=False)
    project = forms.ModelChoiceField(
        Project.objects.all(), label=_("Project"), required=False, empty_label=_("any")
    )
    datastream = forms.IntegerField(
        label=_("One datastream (its number)"), required=False, min_value=1
    )

    roles = forms.ModelMultipleChoiceField(
        Role.objects.all(), label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.ModelMultipleChoiceField(
        Account.objects.filter(is_staff=True, is_active=True).exclude(email=""),
        label=_("People"), required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    addresses = forms.CharField(
        label=_("More e-mail addresses"), required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("One in each line."),
    )  # fmt: skip
    webhooks = forms.ModelMultipleChoiceField(
        Webhook.objects.all(), label=_("Webhooks"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    digest = forms.ChoiceField(label=_("Mails leave"), choices=Digest.choices, initial="none")
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    quiet_to = forms.TimeField(
        label=_("until"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    per_hour = forms.IntegerField(
        label=_("Most alerts told in an hour"), min_value=1, max_value=1000, initial=20
    )
    tell_resolved = forms.BooleanField(label=_("Tell when it is over"), required=False)
    escalate_minutes = forms.IntegerField(
        label=_("Pass on after minutes"), required=False, min_value=1, max_value=10_080,
        help_text=_("If nobody has taken the alert on until then. Empty: never."),
    )  # fmt: skip
    escalate_roles = forms.ModelMultipleChoiceField(
        Role.objects.all(), label=_("Pass on to"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    escalate_addresses = forms.CharField(
        label=_("Pass on to these addresses"), required=False,
        widget=forms.Textarea({"rows": 2}), help_text=_("One in each line."),
    )  # fmt: skip

    def __init__(self, kind: str, about: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.about = kind, about
        kinds = [(slug, one.title) for slug, one in registry.thing_kinds().items()]
        self.fields["thing_kind"].choices = any_of(kinds)  # type: ignore[attr-defined]
        for unused in {n for names in SELECTORS.values() for n in names} - set(
            SELECTORS[About(about)]
        ):
            del self.fields[unused]
        self.condition_names = condition_fields.add(self, kind)

    @property
    def selectors(self) -> list[Any]:
        """The fields that say whom the rule watches."""
        return [self[name] for name in SELECTORS[About(self.about)]]

    @property
    def asked(self) -> list[Any]:
        """The fields of the condition."""
        return [self[name] for name in self.condition_names]

    def clean_device(self) -> Device | None:
        eui = self.cleaned_data["device"].strip().lower()
        found = Device.objects.filter(dev_eui=eui).first()
        if eui and found is None:
            raise forms.ValidationError(_("No device has this DevEUI."))
        return found

    def clean_datastream(self) -> Datastream | None:
        number = self.cleaned_data["datastream"]
        found = Datastream.objects.filter(pk=number).first() if number else None
        if number and found is None:
            raise forms.ValidationError(_("No datastream has this number."))
        return found

    def clean_addresses(self) -> list[str]:
        return _addresses(self.cleaned_data["addresses"])

    def clean_escalate_addresses(self) -> list[str]:
        return _addresses(self.cleaned_data["escalate_addresses"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("quiet_from")) != bool(data.get("quiet_to")):
            self.add_error("quiet_to", _("Quiet hours need a beginning and an end."))
        elif data.get("quiet_from") and data["quiet_from"] == data["quiet_to"]:
            self.add_error("quiet_to", _("Quiet hours end at another time than they begin."))
        if self.about == About.DATASTREAM and not any(
            data.get(name) for name in SELECTORS[About.DATASTREAM]
        ):
            self.add_error(
                "observed_property", _("Choose a property, a kind, a project or one datastream.")
            )
        if not self.errors:
            self._read_condition(data)
        return data

    def _read_condition(self, data: dict[str, Any]) -> None:
        fields = condition_fields.given(self.kind, data)
        try:
            conditions.read(self.kind, fields, self.about)
        except ValueError as error:
            self.add_error(self.condition_names[0], str(error).partition(" - at ")[0])
        data["condition"] = fields


def _addresses(text: str) -> list[str]:
    lines = [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
    for line in lines:
        forms.EmailField().clean(line)
    return lines[:50]


def present(rule: Rule) -> dict[str, Any]:
    """A rule as the form shows it."""
    many = ("roles", "people", "webhooks", "escalate_roles")
    plain = ("title", "severity", "advice", "label", "thing_kind", "digest", "quiet_from",
             "quiet_to", "per_hour", "tell_resolved")  # fmt: skip
    after = rule.escalate_after
    return {
        **{name: getattr(rule, name) for name in plain},
        **{name: [one.pk for one in getattr(rule, name).all()] for name in many if rule.pk},
        "profile": rule.profile_id, "network": rule.network_id, "project": rule.project_id,
        "observed_property": rule.observed_property_id, "datastream": rule.datastream_id,
        "device": rule.device.dev_eui if rule.device else "",
        "addresses": "\n".join(rule.addresses),
        "escalate_addresses": "\n".join(rule.escalate_addresses),
        "escalate_minutes": int(after.total_seconds() // 60) if after else None,
        **condition_fields.shown(rule.kind, rule.condition),
    }  # fmt: skip
