"""How old a number is, in the words people use."""

from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800


def words(at: datetime | None, *, stale: bool = False) -> str:
    """`vor 40 s` for a fresh number, `Stand gestern, 14:05` for a stale one."""
    if at is None:
        return _("no data yet")
    return _as_of(at) if stale else _ago(at, int(clock.age(at).total_seconds()))


def _ago(at: datetime, seconds: int) -> str:
    if seconds < MINUTE:
        return _("%(count)d s ago") % {"count": seconds}
    if seconds < HOUR:
        return _("%(count)d min ago") % {"count": seconds // MINUTE}
    if seconds < DAY:
        return _("%(count)d h ago") % {"count": seconds // HOUR}
    if seconds < WEEK:
        days = seconds // DAY
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    return _date(timezone.localtime(at))


def _date(there: datetime) -> str:
    # Django's English dates are American; a German city writes 25 Oct 2024.
    return formats.date_format(there, _("j M Y"))


def _as_of(at: datetime) -> str:
    there, today = timezone.localtime(at), timezone.localtime(clock.now()).date()
    time = formats.time_format(there, "H:i")
    if there.date() == today:
        return _("as of %(time)s") % {"time": time}
    if there.date() == today - timedelta(days=1):
        return _("as of yesterday, %(time)s") % {"time": time}
    return _("as of %(date)s") % {"date": _date(there)}
