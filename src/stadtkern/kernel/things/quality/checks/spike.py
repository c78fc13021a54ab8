"""Spike: one value far beyond both the one before and the one after it."""

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.things.quality.checks.settings import Setting
from stadtkern.kernel.things.quality.flags import Reason
from stadtkern.kernel.things.quality.scope import Scope, Verdict, ask
from stadtkern.kernel.things.store import INVALID, SUSPECT

# A value that is invalid already is no neighbour to compare with.
_AROUND = """
select s.n, p.value, f.value
from unnest(%s::integer[], %s::bigint[], %s::timestamptz[], %s::bigint[], %s::float8[])
  as s (n, d, a, i, within)
cross join lateral (
  select o.value, o.at from things_observation o
  where o.datastream_id = s.d and o.at <= s.a and (o.at, o.id) < (s.a, s.i)
    and o.at > s.a - s.within * interval '1 second' and o.value is not null and o.quality < 3
  order by o.at desc, o.id desc limit 1) p
cross join lateral (
  select o.value, o.at from things_observation o
  where o.datastream_id = s.d and o.at >= s.a and (o.at, o.id) > (s.a, s.i)
    and o.at < s.a + s.within * interval '1 second' and o.value is not null and o.quality < 3
  order by o.at, o.id limit 1) f
"""


class Spike:
    """Argo test 9: |v - (a + b) / 2| - |(a - b) / 2|, how far v lies outside a and b around it.

    A step to a new level is no spike: the value after it agrees with it.
    """

    kind = "spike"
    settings = (
        Setting(name="suspect", title=_("Suspect from"), default=10, low=0),
        Setting(name="invalid", title=_("Invalid from"), low=0),
        Setting(name="within", title=_("At most apart in time"), unit="s", default=10_800, low=1),
    )

    def find(self, scope: Scope) -> list[Verdict]:
        """Values outside of both neighbours by more than is allowed."""
        asked = [
            (place, row.stream, row.at, row.id, given["within"])
            for place, row, given in scope.concerned()
        ]
        found = []
        for place, before, after in ask(_AROUND, list(zip(*asked, strict=True))):
            row = scope.rows[place]
            far = abs(row.value - (before + after) / 2) - abs((after - before) / 2)
            grade = _grade(far, scope.settings[row.stream])
            if grade is not None:
                text = f"{far:g} beyond the values around it, {before:g} and {after:g}"
                found.append(Verdict(place, Reason(check="spike", grade=grade, text=text)))
        return found


def _grade(far: float, given: dict[str, float | None]) -> int | None:
    suspect, invalid = given.get("suspect"), given.get("invalid")
    if invalid is not None and far >= invalid > 0:
        return INVALID
    return SUSPECT if suspect is not None and far >= suspect > 0 else None
