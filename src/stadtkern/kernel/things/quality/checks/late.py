"""Out of order: it came after values that are newer by more than is usual."""

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.things.quality.checks.settings import Setting
from stadtkern.kernel.things.quality.flags import Reason
from stadtkern.kernel.things.quality.scope import Scope, Verdict, ask
from stadtkern.kernel.things.store import SUSPECT

# Ids grow in the order in which observations came in.
_NEWER = """
select s.n from unnest(%s::integer[], %s::bigint[], %s::timestamptz[], %s::bigint[], %s::float8[])
  as s (n, d, a, i, seconds)
where exists (
  select from things_observation o where o.datastream_id = s.d
    and o.at > s.a + s.seconds * interval '1 second' and o.id < s.i)
"""


class Late:
    """What a device stored and sends later is right; what a wrong clock dates back is not."""

    kind = "late"
    settings = (
        Setting(name="seconds", title=_("Later by more than"), unit="s", default=86_400, low=1),
    )

    def find(self, scope: Scope) -> list[Verdict]:
        """Values that came after far newer ones."""
        asked = [
            (place, row.stream, row.at, row.id, given["seconds"])
            for place, row, given in scope.concerned()
        ]
        return [
            Verdict(place, Reason(check="late", grade=SUSPECT, text="came after far newer values"))
            for (place,) in ask(_NEWER, list(zip(*asked, strict=True)))
        ]
