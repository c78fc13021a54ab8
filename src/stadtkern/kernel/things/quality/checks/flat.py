"""Flat line: a sensor that says the same for longer than the thing it measures stays the same."""

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.things.quality.checks.settings import Setting
from stadtkern.kernel.things.quality.flags import Reason
from stadtkern.kernel.things.quality.scope import Scope, Verdict, ask
from stadtkern.kernel.things.store import SUSPECT

_PAST = """
select s.n, count(*), min(o.value), max(o.value)
from unnest(%s::integer[], %s::bigint[], %s::timestamptz[], %s::float8[]) as s (n, d, a, seconds)
join things_observation o on o.datastream_id = s.d and o.value is not null
  and o.at <= s.a and o.at >= s.a - s.seconds * interval '1 second'
group by s.n, s.a, s.seconds
-- What began to report only now has not been the same for long.
having min(o.at) <= s.a - 0.9 * s.seconds * interval '1 second'
"""


class Flat:
    """QARTOD test 8, flat line: all values of the last hours within a small band."""

    kind = "flat"
    settings = (
        Setting(name="seconds", title=_("The same for"), unit="s", default=21_600, low=60),
        Setting(name="least", title=_("Values in that time at least"), unit="1", default=5, low=2),
        Setting(name="band", title=_("The same means within"), default=0, low=0),
        Setting(
            name="rest",
            title=_("A value that may stay"),
            help=_("Such as 0 where it does not rain."),
        ),
    )

    def find(self, scope: Scope) -> list[Verdict]:
        """Values that end a time in which nothing changed."""
        asked = [
            (place, row.stream, row.at, given["seconds"])
            for place, row, given in scope.concerned()
            if row.value != given.get("rest")
        ]
        found = []
        for place, count, low, high in ask(_PAST, list(zip(*asked, strict=True))):
            given = scope.settings[scope.rows[place].stream]
            if count >= given["least"] and high - low <= given["band"]:
                text = f"between {low:g} and {high:g} for {given['seconds'] / 3600:g} hours"
                found.append(Verdict(place, Reason(check="flat", grade=SUSPECT, text=text)))
        return found
