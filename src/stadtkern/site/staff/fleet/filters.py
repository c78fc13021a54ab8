"""What the list of devices can be filtered by."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stadtkern.kernel.devices.models import Device, Gateway, Heard, Network, Profile
from stadtkern.kernel.things.models import Project
from stadtkern.site.staff.dev_eui import readable
from stadtkern.site.staff.device_state import LOW_BATTERY, TITLES, with_state
from stadtkern.site.staff.lists import Filters, any_of

MOST_CHOICES = 500
# Those that are open at once; the others lie behind "more filters".
FIRST = ("q", "profile", "label")


class FleetFilters(Filters):
    """Every one of them narrows the list further."""

    q = forms.CharField(
        label=_("Name, DevEUI, place, label or profile"),
        max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )
    profile = forms.ModelChoiceField(
        Profile.objects.only("slug", "title"),
        label=_("Profile"),
        empty_label=_("all"),
        to_field_name="slug",
    )
    label = forms.ChoiceField(label=pgettext_lazy("device", "Label"))
    network = forms.ModelChoiceField(
        Network.objects.all(), label=_("Network"), empty_label=_("all"), to_field_name="slug"
    )
    gateway = forms.ModelChoiceField(
        Gateway.objects.all(), label=_("Heard by"), empty_label=_("all"), to_field_name="eui"
    )
    project = forms.ModelChoiceField(
        Project.objects.all(), label=_("Project"), empty_label=_("all"), to_field_name="slug"
    )
    battery = forms.ChoiceField(
        label=_("Battery"),
        choices=any_of(
            [
                ("10", _("below 10 %")),
                ("low", _("below 20 %")),
                ("50", _("below 50 %")),
                ("soon", _("empty within 90 days")),
                ("unknown", _("unknown")),
            ]
        ),
    )
    lost = forms.ChoiceField(
        label=_("Lost frames, 7 days"),
        choices=any_of([(n, _("more than %(n)s %%") % {"n": n}) for n in ("1", "5", "10", "25")]),
    )
    quiet = forms.ChoiceField(
        label=_("Nothing heard for"),
        choices=any_of(
            [
                ("1", _("one hour")),
                ("6", _("6 hours")),
                ("24", _("one day")),
                ("72", _("3 days")),
                ("168", _("one week")),
                ("720", _("30 days")),
            ]
        ),
    )
    state = forms.ChoiceField(
        label=_("State"), choices=any_of(list(TITLES.items())), widget=forms.HiddenInput
    )

    def prepare(self) -> None:
        """Labels are those that devices have."""
        self.fields["label"].choices = any_of([(one, one) for one in labels()])  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass all filters but that by state."""
        if q := self.given("q"):
            rows = rows.alias(words=Cast("labels", CharField())).filter(_named(q))
        for name in ("profile", "network"):
            if value := self.given(name):
                rows = rows.filter(**{name: value})
        if label := self.given("label"):
            rows = rows.filter(labels__contains=[label])
        if project := self.given("project"):
            rows = rows.filter(thing__project=project)
        if gateway := self.given("gateway"):
            rows = rows.filter(Exists(heard_by(gateway)))
        return self._by_health(rows)

    def _by_health(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if battery := self.given("battery"):
            rows = rows.filter(**_battery(battery))
        if lost := self.given("lost"):
            rows = rows.filter(loss__gt=int(lost) / 100)
        if quiet := self.given("quiet"):
            rows = rows.filter(last_seen__lt=Now() - timedelta(hours=int(quiet)))
        return rows

    def more(self) -> bool:
        """Whether one of the filters behind "more filters" is set."""
        return any(self.data.get(name) for name in self.fields if name not in (*FIRST, "state"))

    def shown(self) -> list[forms.BoundField]:
        """The fields that are open at once."""
        return [self[name] for name in FIRST]

    def rest(self) -> list[forms.BoundField]:
        """The fields behind "more filters"."""
        return [self[name] for name in self.fields if name not in (*FIRST, "state")]


def fleet() -> QuerySet[Any]:
    """All devices with all that a row of the list shows."""
    rows = Device.objects.select_related("profile", "network", "thing__place")
    return with_state(
        rows.defer("profile__codec", "profile__examples", "keys", "note", "thing__properties")
    )


def _named(text: str) -> Q:
    found = Q(name__icontains=text) | Q(thing__place__name__icontains=text)
    found |= Q(words__icontains=text) | Q(profile__title__icontains=text)
    eui = readable(text)
    return found | Q(dev_eui__contains=eui) if eui else found


def _battery(chosen: str) -> dict[str, Any]:
    if chosen == "unknown":
        return {"battery": None}
    if chosen == "soon":
        return {"battery_until__lt": Now() + timedelta(days=90)}
    return {"battery__lt": LOW_BATTERY if chosen == "low" else float(chosen)}


def labels() -> list[str]:
    """All labels that devices have; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct jsonb_array_elements_text(labels) from devices_device"
            " where labels <> '[]'::jsonb order by 1 limit %s",
            [MOST_CHOICES],
        )
        return [text for (text,) in cursor.fetchall()]


def heard_by(gateway: Gateway) -> QuerySet[Heard]:
    """What this gateway heard of the outer query's device in the last seven days."""
    week = timezone.localdate() - timedelta(days=7)
    return Heard.objects.filter(device=OuterRef("pk"), gateway=gateway, day__gt=week)
