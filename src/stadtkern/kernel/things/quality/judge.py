"""Runs all checks over some observations and says which flags they get."""

from collections.abc import Iterable, Sequence
from typing import Any

from stadtkern.kernel.things.quality.checks import KINDS
from stadtkern.kernel.things.quality.flags import MARK, Reason, grade_of, note, reasons_in
from stadtkern.kernel.things.quality.scope import Row, Scope, Settings, ask, loaded

# A datastream's own check goes before that of its property; its plausible range is a check too.
_SETTINGS = """
select s.d, k.kind, k.settings
from unnest(%s::bigint[]) as s (d)
join things_datastream t on t.id = s.d
cross join lateral (
  select distinct on (c.kind) c.kind, c.settings, c."on" from things_check c
  where c.datastream_id = s.d or c.observed_property_id = t.observed_property_id
  order by c.kind, c.datastream_id is null
) k
where k."on"
union all
select s.d, 'range', jsonb_build_object('low', t.low, 'high', t.high)
from unnest(%s::bigint[]) as s (d)
join things_datastream t on t.id = s.d
where (t.low is not null or t.high is not null) and not exists (
  select from things_check c where c.kind = 'range'
    and (c.datastream_id = s.d or c.observed_property_id = t.observed_property_id))
"""
_MARKS = """
select s.n, m.flag, m.reason
from unnest(%s::integer[], %s::bigint[], %s::timestamptz[]) as s (n, d, a)
join things_mark m on m.datastream_id = s.d and s.a between m.start and m."end"
order by s.n, m.created
"""
Flagged = tuple[Row, int, dict[str, Any] | None]


def settings_of(streams: Iterable[int]) -> dict[str, dict[int, Settings]]:
    """By kind of check, the settings of the datastreams that it is for."""
    found: dict[str, dict[int, Settings]] = {}
    listed = sorted(set(streams))
    for stream, kind, given in ask(_SETTINGS, [listed, listed]):
        if kind in KINDS:
            defaults = {one.name: one.default for one in KINDS[kind].settings}
            found.setdefault(kind, {})[stream] = defaults | loaded(given)
    return found


def reasons(rows: Sequence[Row], checks: dict[str, dict[int, Settings]]) -> list[list[Reason]]:
    """For each observation, what marks and checks say of it."""
    found: list[list[Reason]] = [[] for _ in rows]
    places = list(range(len(rows)))
    marks = ask(_MARKS, [places, [row.stream for row in rows], [row.at for row in rows]])
    for place, flag, text in marks:
        found[place].append(Reason(check=MARK, grade=flag, text=text))
    for kind, settings in checks.items():
        for place, reason in KINDS[kind].find(Scope(rows=rows, settings=settings)):
            found[place].append(reason)
    return found


def changed(rows: Sequence[Row]) -> list[Flagged]:
    """The observations whose flag is another now, with it. Other people's words are left alone."""
    checks = settings_of(row.stream for row in rows)
    judged = []
    for row, new in zip(rows, reasons(rows, checks), strict=True):
        before = reasons_in(row.kept, row.quality)
        if before is None:
            continue
        # What ingest knows and no check could find again, such as a clock that was wrong.
        others = [one for one in before if one.check not in KINDS and one.check != MARK]
        now = [*others, *new]
        if now != before:
            judged.append((row, grade_of(now), note(now)))
    return judged


def would_be(rows: Sequence[Row], kind: str, settings: dict[int, Settings]) -> list[Flagged]:
    """What one check would say of these observations, with settings that are only tried out."""
    defaults = {one.name: one.default for one in KINDS[kind].settings}
    scope = Scope(rows=rows, settings={d: defaults | given for d, given in settings.items()})
    return [
        (rows[place], reason.grade, note([reason])) for place, reason in KINDS[kind].find(scope)
    ]
