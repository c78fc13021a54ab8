"""What an operator should repair: the setting that names the city's own area."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Problem
from stadtkern.systems.statistics.models import Area


def check_area() -> Iterator[Problem]:
    """Without its key, no table begins with the city itself."""
    area = registry.settings_of("statistics").area
    if not area:
        yield Problem(text=_("No table begins with the city itself: its key is not set."),
                      fix="systems.statistics.area")  # fmt: skip
    elif Area.objects.exists() and not Area.objects.filter(key=area).exists():
        yield Problem(text=_("No table has numbers of the area %(key)s.") % {"key": area},
                      fix="systems.statistics.area")  # fmt: skip
