"""How one device is: a sentence, its battery's future, its losses, its clock."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device, DeviceDay
from stadtkern.kernel.devices.watch import battery
from stadtkern.kernel.ui import ages
from stadtkern.kernel.ui.numbers import figure
from stadtkern.site.templatetags.staff import span

WEEK = timedelta(days=7)
# A battery that lasts longer than this is not worth a date.
LONG = timedelta(days=3 * 365)


@dataclass(frozen=True, kw_only=True, slots=True)
class Losses:
    """Frames of the last seven days, and all since the device is known."""

    received: int
    lost: int

    @property
    def percent(self) -> float | None:
        """The share that was lost; None where nothing was sent."""
        sent = self.received + self.lost
        return 100 * self.lost / sent if sent else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Battery:
    """What to say about a battery, and its daily values for a small line."""

    words: str
    range: str
    trend: tuple[float | None, ...]
    urgent: bool


def sentence(device: Any) -> SafeString:
    """How the device is, in one sentence that a person in the field understands."""
    every = rhythm(device.expected)
    heard = _heard(device)
    said = {
        "resting": _("It rests: its messages are kept, but give no values and no alerts."),
        "never": _("Nothing has come in from it yet. It should send about %(every)s."),
        "silent": _("Silent: last heard %(heard)s, but it usually sends about %(every)s."),
        "trouble": _("It sends, but its messages cannot be decoded. Last heard %(heard)s."),
        "low": _("It works, but its battery is low. Last heard %(heard)s, usually %(every)s."),
        "late": _("A message is late: last heard %(heard)s, usually about %(every)s."),
        "reporting": _("All is well: last heard %(heard)s, usually about %(every)s."),
    }[device.state]
    return format_html(said.replace("%(every)s", "{every}").replace("%(heard)s", "{heard}"),
                       every=every, heard=heard)  # fmt: skip


def rhythm(length: timedelta) -> str:
    """How often, in the unit that people would use: every 58 minutes is every hour."""
    seconds = length.total_seconds()
    if seconds < 100 and not _is_about(seconds, 60):
        return _("every %(n)d seconds") % {"n": max(round(seconds), 1)}
    units = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1))
    unit = next((one for one in units if _is_about(seconds, one.total_seconds())), units[-1])
    count = round(length / unit)
    if count == 1:
        return [_("every day"), _("every hour"), _("every minute")][units.index(unit)]
    return _("every %(length)s") % {"length": span(unit * count)}


def _is_about(seconds: float, unit: float) -> bool:
    """Whether it is a whole number of this unit, give or take a twentieth."""
    return (
        round(seconds / unit) > 0 and abs(seconds - round(seconds / unit) * unit) < 0.05 * seconds
    )


def _heard(device: Any) -> SafeString:
    at = device.last_seen
    if at is None:
        return SafeString("")
    return format_html(
        '<time class="age" datetime="{}" data-age>{}</time>', at.isoformat(), ages.words(at)
    )


def days_of(device: Device) -> list[DeviceDay]:
    """The device's days, the oldest first, as far as a battery's forecast looks back; one query."""
    start = timezone.localdate() - timedelta(days=180)
    return list(device.days.filter(day__gt=start).order_by("day"))


def losses(days: list[DeviceDay]) -> Losses:
    """The last seven days."""
    start = timezone.localdate() - WEEK
    week = [day for day in days if day.day > start]
    lost = max(0, sum(day.lost for day in week))
    return Losses(received=sum(day.uplinks for day in week), lost=lost)


def battery_of(device: Device, days: list[DeviceDay]) -> Battery | None:
    """None where the device has never told how full its battery is."""
    values = [(day.day, day.battery) for day in days if day.battery is not None]
    if device.battery is None:
        return None
    found = battery.forecast(values)
    trend = tuple(value for _day, value in values[-60:])
    if isinstance(found, battery.Unknown):
        return Battery(words=_unknown(found), range="", trend=trend, urgent=False)
    return Battery(
        words=_until(found),
        range=_range(found),
        trend=trend,
        urgent=found.day < timezone.localdate() + timedelta(days=90),
    )


def _unknown(found: battery.Unknown) -> str:
    if found.reason == "steady":
        return _("No fall can be measured so far.")
    return _("There are not enough values for a forecast yet: it takes two weeks.")


def _until(found: battery.Forecast) -> str:
    today = timezone.localdate()
    if found.day <= today:
        return _("It is empty, or will be any day.")
    if found.day > today + LONG:
        return _("It will last for more than 3 years.")
    return _("Empty in about %(month)s.") % {"month": _month(found.day)}


def _range(found: battery.Forecast) -> str:
    month = figure(found.month, 1)
    fall = _("It loses %(percent)s %% in 30 days.") % {"percent": month}
    if found.day > timezone.localdate() + LONG or found.day <= timezone.localdate():
        return fall
    if found.late is None or found.late > timezone.localdate() + 2 * LONG:
        early = _("Not before %(early)s.") % {"early": _month(found.early)}
        return f"{early} {fall}"
    said = {"early": _month(found.early), "late": _month(found.late)}
    if said["early"] == said["late"]:
        return fall
    between = _("Between %(early)s and %(late)s.") % said
    return f"{between} {fall}"


def _month(day: date) -> str:
    return formats.date_format(day, "F Y")


def drift(device: Device) -> str:
    """What is to be said of its clock; empty where it goes right, or late delivery explains it."""
    offset = device.clock_offset
    if offset is None or abs(offset) < 60:
        return ""
    minutes = span(timedelta(seconds=abs(offset)))
    if offset < 0:
        return _("Its messages say a time that is %(time)s ahead.") % {"time": minutes}
    return _("Its messages come %(time)s after the time that they say.") % {"time": minutes}


def silent_words(device: Any) -> str:
    """When a device that was not heard any more counts as silent."""
    there = timezone.localtime(device.silent_from)
    said = {"at": f"{formats.date_format(there, 'SHORT_DATE_FORMAT')} {there:%H:%M}"}
    if device.silent_from < clock.now():
        return _("Counted as silent since %(at)s.") % said
    return _("If nothing comes, it counts as silent from %(at)s.") % said
