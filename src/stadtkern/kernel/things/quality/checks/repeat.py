"""Duplicate: the datastream had a value for this instant already."""

from stadtkern.kernel.things.quality.checks.settings import Setting
from stadtkern.kernel.things.quality.flags import Reason
from stadtkern.kernel.things.quality.scope import Scope, Verdict, ask
from stadtkern.kernel.things.store import INVALID, SUSPECT

_EARLIER = """
select s.n, bool_or(o.value = s.v)
from unnest(%s::integer[], %s::bigint[], %s::timestamptz[], %s::bigint[], %s::float8[])
  as s (n, d, a, i, v)
join things_observation o on o.datastream_id = s.d and o.at = s.a and o.id < s.i
group by s.n
"""


class Repeat:
    """The first counts. The same value again is invalid, so that sums count it once."""

    kind = "repeat"
    settings: tuple[Setting, ...] = ()

    def find(self, scope: Scope) -> list[Verdict]:
        """Values for an instant that had one."""
        asked = [(place, *row[:4]) for place, row, _ in scope.concerned()]
        return [
            Verdict(place, _same() if same else _other())
            for place, same in ask(_EARLIER, list(zip(*asked, strict=True)))
        ]


def _same() -> Reason:
    return Reason(check="repeat", grade=INVALID, text="the same value for this instant came before")


def _other() -> Reason:
    return Reason(check="repeat", grade=SUSPECT, text="another value for this instant came before")
