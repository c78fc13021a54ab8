"""Why the city repaired a session, for staff and for who charged: in the city's own language."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.charging.models import Transaction

SENTENCES: Final = {
    "superseded": _(
        "The charging point never told the end. Another car was plugged in later, so this session"
        " is closed with the last known meter value: %(energy)s kWh, %(at)s."
    ),
    "rebooted": _(
        "The charging point restarted and is free again without telling the end. This session is"
        " closed with the last known meter value: %(energy)s kWh, %(at)s."
    ),
    "idle": _(
        "The charging point is free again and told neither the end nor meter values any more. This"
        " session is closed with the last known meter value: %(energy)s kWh, %(at)s."
    ),
    "silent": _(
        "The charging point has been silent for a long time. This session is closed with the last"
        " known meter value: %(energy)s kWh, %(at)s."
    ),
    "no_start": _(
        "The charging point told only the end of this session, not its beginning. Only energy that"
        " the meter proves is counted: %(energy)s kWh."
    ),
    "late_start": _(
        "The charging point told the beginning of this session after its end. Both belong together:"
        " %(energy)s kWh."
    ),
    "meter": _(
        "The meter value that the charging point told at the end cannot be right. This session"
        " ends with the last one that can be: %(energy)s kWh, %(at)s."
    ),
    "corrected": _(
        "Later the charging point told the end itself: %(after)s kWh instead of %(before)s kWh. The"
        " price was reckoned anew."
    ),
}


def of(found: Transaction, why: str, facts: Mapping[str, object]) -> str:
    """The sentence for this repair; `facts` of a correction are meter values in Wh."""
    with override(settings.LANGUAGE_CODE):
        at = timezone.localtime(found.meter_last_at or found.started)
        said = {
            "energy": _kwh(found.energy_wh),
            "at": date_format(at, "j.n.Y, H:i"),
            **{name: _kwh(_wh(value) - found.meter_start_wh) for name, value in facts.items()},
        }
        return str(SENTENCES[why]) % said


def _wh(value: object) -> int:
    return value if isinstance(value, int) else 0


def _kwh(wh: int) -> str:
    return figure(max(wh, 0) / 1000, 2)
