"""Alerts and rules in sentences, in the language that is active."""

from datetime import datetime
from typing import Any

from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import conditions, subjects
from stadtkern.kernel.alerts.models import Alert, Rule
from stadtkern.kernel.alerts.phrases import lasting, number, with_unit
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.post.address import base


def rule_words(rule: Rule, what: subjects.Measured | None = None) -> str:
    """A rule's condition in words; what is wrong with it where it cannot be read."""
    try:
        condition = conditions.read(rule.kind, rule.condition, rule.about)
    except ValueError as error:
        return str(error)
    return condition.words(what or subjects.measured(rule))


def what_of(alert: Alert) -> subjects.Measured:
    """What an alert's subject measures."""
    if alert.datastream is not None:
        return subjects.of_stream(alert.datastream)
    return subjects.Measured(name=_("Gateway") if alert.gateway_id else _("Device"))


def subject_name(alert: Alert) -> str:
    """What people call the subject."""
    if alert.datastream is not None:
        return f"{alert.datastream.thing.name}: {alert.datastream.observed_property.name}"
    return str(alert.device or alert.gateway or "")


def place_of(alert: Alert) -> Place | None:
    """Where the subject stands."""
    owner: Any = alert.device or alert.gateway or alert.datastream
    thing = owner.thing if owner is not None else None
    return thing.place if thing is not None else None


def moment(at: datetime | None) -> str:
    """A date and time by the city's clock."""
    if at is None:
        return "–"
    return formats.date_format(timezone.localtime(at), "SHORT_DATE_FORMAT") + timezone.localtime(
        at
    ).strftime(" %H:%M")


def found_words(alert: Alert) -> str:
    """What the data said, in one sentence."""
    found, kind = alert.found, alert.rule.kind
    words = _FOUND.get(kind)
    return words(alert, found) if words and found else ""


def _threshold(alert: Alert, found: dict[str, Any]) -> str:
    what = what_of(alert)
    said = {
        "value": with_unit(found.get("value"), what), "at": moment(alert.fired or alert.since),
        "peak": with_unit(found.get("peak"), what), "last": with_unit(found.get("last"), what),
        "last_at": moment(_instant(found.get("last_at"))),
    }  # fmt: skip
    return _("%(value)s on %(at)s, at the furthest %(peak)s, last %(last)s on %(last_at)s.") % said


def _silence(alert: Alert, found: dict[str, Any]) -> str:
    said = {
        "at": moment(_instant(found.get("at"))),
        "limit": lasting(max(round(found.get("limit", 0) / 60), 1)),
    }
    if every := found.get("every"):
        said["every"] = lasting(max(round(every / 60), 1))
        return (
            _("Last heard on %(at)s. Usual interval: %(every)s; silent from %(limit)s on.") % said
        )
    return _("Last heard on %(at)s; silent from %(limit)s on.") % said


def _battery(alert: Alert, found: dict[str, Any]) -> str:
    parts = []
    if found.get("value") is not None:
        said = {"value": number(found["value"]), "at": moment(_instant(found.get("at")))}
        parts.append(_("Battery at %(value)s %% on %(at)s.") % said)
    if until := found.get("until"):
        day = formats.date_format(datetime.fromisoformat(until), "SHORT_DATE_FORMAT")
        parts.append(_("By the forecast it is empty about %(day)s.") % {"day": day})
    return " ".join(parts)


def _clock(alert: Alert, found: dict[str, Any]) -> str:
    offset = float(found.get("value") or 0)
    said = {"off": conditions.KINDS["clock"].found_words(offset)}
    return _("The device's clock was %(off)s.") % said


def _frames(alert: Alert, found: dict[str, Any]) -> str:
    said = {"share": number(round(float(found.get("value") or 0), 1))}
    return _("%(share)s %% of the messages of seven days did not arrive.") % said


def _decoding(alert: Alert, found: dict[str, Any]) -> str:
    count = int(found.get("value") or 0)
    text = ngettext(
        "%(n)d message could not be read. The last reason: %(reason)s",
        "%(n)d messages could not be read. The last reason: %(reason)s",
        count,
    )
    return text % {"n": count, "reason": found.get("reason", "")}


def _geofence(alert: Alert, found: dict[str, Any]) -> str:
    said = {
        "lat": number(found.get("last_lat")), "lon": number(found.get("last_lon")),
        "at": moment(_instant(found.get("last_at"))),
    }  # fmt: skip
    return _("Last position %(lat)s, %(lon)s on %(at)s.") % said


_FOUND = {
    "threshold": _threshold, "rate": _threshold, "silence": _silence, "battery": _battery,
    "clock": _clock, "frames": _frames, "decoding": _decoding, "geofence": _geofence,
}  # fmt: skip


def _instant(text: Any) -> datetime | None:
    return parse_datetime(text) if isinstance(text, str) else None


def advice(alert: Alert) -> str:
    """What to do next: the rule's own words, or those of its kind."""
    if alert.rule.advice:
        return alert.rule.advice
    known = {
        "silence": _(
            "Look at the device's page for its last signal and battery. If its gateway and its"
            " neighbours are well, somebody has to go and look."
        ),
        "battery": _("Plan a visit with a new battery."),
        "decoding": _(
            "Open the last message that failed. Correct the codec of the device profile, then"
            " decode the messages again: none is lost."
        ),
        "clock": _("Set the device's clock, or have it join its network again."),
        "frames": _(
            "Look at the signal of the device. A better place for it or one more gateway helps."
        ),
        "geofence": _("Find out whether the device was moved on purpose."),
    }
    usual = _("Look at the values and at the place; comment what you find.")
    return known.get(alert.rule.kind, usual)


def link(name: str, instance: models.Model) -> str:
    """The full address of a page about this row; empty where the site has no such page."""
    try:
        path = reverse(name, args=[instance.pk])
    except NoReverseMatch:
        return ""
    return f"{base()}{path}"


def lasted(alert: Alert) -> str:
    """For how long an alert has been, or was."""
    end = alert.ended or clock.now()
    minutes = max(round((end - alert.since).total_seconds() / 60), 0)
    return lasting(minutes if minutes < 180 else round(minutes / 60) * 60)
