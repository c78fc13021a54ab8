"""One alert: what raised it, what to do, and what was done."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import wording
from stadtkern.kernel.alerts.models import Alert, State
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.site.staff.alerts import chart, deeds, signs
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

EARLIER = 10


class DeedForm(forms.Form):
    """What a person does with an alert."""

    deed = forms.ChoiceField(choices=[(one, one) for one in deeds.DEEDS])
    text = forms.CharField(label=_("Note"), required=False, max_length=1000)
    hours = forms.IntegerField(label=_("Hours"), required=False, min_value=1, max_value=720)
    to = forms.ModelChoiceField(
        Account.objects.filter(is_staff=True, is_active=True).order_by("username"),
        label=_("Who looks after it"), required=False, empty_label=_("nobody"),
    )  # fmt: skip


@staff("alerts.see")
def alert(request: HttpRequest, number: int) -> HttpResponse:
    """What raised it, with the values around it, and what was done."""
    one = get_object_or_404(Alert.objects.to_show(), pk=number)
    earlier = Alert.objects.filter(
        device=one.device_id, gateway=one.gateway_id, datastream=one.datastream_id
    ).exclude(pk=one.pk)
    return page(
        request,
        "alerts/alert",
        alert=one,
        subject=wording.subject_name(one),
        device=one.device or _device_of(one),
        place=wording.place_of(one),
        rule_words=wording.rule_words(one.rule, wording.what_of(one)),
        found=wording.found_words(one),
        advice=wording.advice(one),
        lasted=wording.lasted(one),
        drawn=chart.of(one),
        end=signs.ENDS.get(one.why, ""),
        snoozed=one.snoozed_until and one.snoozed_until > clock.now(),
        notes=one.notes.select_related("by"),
        deliveries=one.deliveries.select_related("webhook")[:20],
        earlier=earlier.exclude(state=State.PENDING).select_related("rule")[:EARLIER],
        form=DeedForm(initial={"to": one.assigned_id, "hours": 24}),
        is_open=signs.is_open(one),
        **signs.words(request),
    )


def _device_of(alert: Alert) -> Any:
    """The device that feeds a datastream."""
    if alert.datastream is None:
        return None
    return alert.datastream.thing.devices.first()


@staff("alerts.edit")
@require_POST
def do(request: HttpRequest, number: int) -> HttpResponse:
    """Take on, put off, give to somebody, close, comment."""
    one = get_object_or_404(Alert, pk=number)
    form = DeedForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That was not understood. Please choose again."))
        return redirect("staff-alert", number)
    if _done(one, person(request), form.cleaned_data):
        messages.success(request, _("The alert is changed."))
    else:
        messages.info(request, _("Nothing was to change."))
    return redirect(reverse("staff-alert", args=[number]))


def _done(one: Alert, who: Account, data: dict[str, Any]) -> int:
    text, now = data["text"], clock.now()
    match data["deed"]:
        case "acknowledge":
            return deeds.acknowledge([one], who, text)
        case "snooze":
            return deeds.snooze([one], who, now + timedelta(hours=data["hours"] or 24), text)
        case "wake":
            return deeds.snooze([one], who, now, text)
        case "assign":
            return deeds.assign([one], who, data["to"])
        case "resolve":
            return deeds.resolve([one], who, text)
    return deeds.comment([one], who, text)
