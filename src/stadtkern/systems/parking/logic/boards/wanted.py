"""What boards ought to show now: their templates, filled from the counts by the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from django.utils import timezone

from stadtkern.systems.parking import logic
from stadtkern.systems.parking.logic.boards import rules, signs
from stadtkern.systems.parking.logic.boards.faces import (
    Face,
    Line,
    Words,
    composed,
    face_of,
    plain,
    same,
    words_of,
)
from stadtkern.systems.parking.models import Board, BoardLine, Override

TEST = "8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """A line as it ought to stand there. `dark`: a count that it needs is missing or too old."""

    line: Line
    memory: rules.Memory
    dark: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A face, why it differs from the one wanted before, and what the lines have to remember."""

    face: Face
    cause: str
    memories: Mapping[int, rules.Memory]


Sites = Mapping[int, logic.Site]


def sites_now() -> Sites:
    """All car parks by the key of their facts, as the logic of parking has them."""
    return {one.facts.pk: one for one in logic.sites()}


def wanted(
    board: Board, lines: Sequence[BoardLine], sites: Sites, override: Override | None,
    now: datetime, *, changed: bool = False,
) -> Wanted:  # fmt: skip
    """What this board is to show; `changed` says that somebody has just edited it."""
    filled = [fill(board, line, sites, now) for line in lines]
    shown, by_hand = [one.line for one in filled], ""
    if override is not None:
        shown, by_hand = _overridden(board, shown, override), "override"
    if board.test_until is not None and board.test_until > now:
        shown, by_hand = [Line(text=TEST * board.width, arrow="ahead") for _ in lines], "test"
    face = Face(lines=tuple(shown), brightness=_light(board, now))
    dark = any(one.dark for one in filled)
    return Wanted(
        face=face,
        cause=_cause(board, face, by_hand, dark=dark, changed=changed),
        memories={line.pk: one.memory for line, one in zip(lines, filled, strict=True)},
    )


def _overridden(board: Board, lines: Sequence[Line], override: Override) -> list[Line]:
    texts = [plain(str(one))[: board.width] for one in override.texts]
    texts += [""] * (len(lines) - len(texts))
    return [Line(text=text) if text else line for line, text in zip(lines, texts, strict=False)]


def _light(board: Board, now: datetime) -> int:
    chosen = logic.settings().boards
    at = timezone.localtime(now).time()
    return rules.light(at, time.fromisoformat(chosen.day_from),
                       time.fromisoformat(chosen.night_from), board.day_light,
                       board.night_light)  # fmt: skip


def _cause(board: Board, face: Face, by_hand: str, *, dark: bool, changed: bool) -> str:
    before = face_of(board.wanted)
    if by_hand:
        return by_hand
    if before is None:
        return "start"
    if board.cause in ("override", "test"):
        return "override_over"
    if changed:
        return "template"
    if same(before, face):
        return "light"
    return "stale" if dark else "count"


def fill(board: Board, line: BoardLine, sites: Sites, now: datetime) -> Filled:
    """One line of the template."""
    chosen = [sites[one.pk] for one in line.sites.all() if one.pk in sites]
    return fill_with(board, line, chosen, now)


def fill_with(board: Board, line: BoardLine, chosen: Sequence[logic.Site], now: datetime) -> Filled:
    """One line of the template with these car parks; the rows need not be saved."""
    before = remembered(line)
    chosen = sorted(chosen, key=lambda one: one.facts.uid)
    arrow = "" if line.arrow == "auto" else line.arrow
    if line.content == "text":
        text = composed(line.label, "", board.width)
        return Filled(line=Line(text=text, arrow=arrow), memory=before)
    if line.content == "guide":
        return _guide(board, line, chosen, now, before)
    members = [member_of(one, line.audience) for one in chosen]
    alone = chosen[0] if line.content == "site" and len(chosen) == 1 else None
    said, memory = rules.say(members, now, _wish(board, line, alone), before)
    if chosen and line.arrow == "auto":
        arrow = _arrow(board, chosen[0])
    right = words_of(said, _words(board), line.fallback or board.fallback, board.width)
    text = composed(line.label, right, board.width)
    dark = said.kind in ("static", "at_least")
    return Filled(line=Line(text=text, arrow=arrow), memory=memory, dark=dark)


def _guide(
    board: Board, line: BoardLine, chosen: Sequence[logic.Site], now: datetime,
    before: rules.Memory,
) -> Filled:  # fmt: skip
    """The best car park by name, and what it has; without one, that all are full."""
    members = {one.facts.uid: member_of(one, line.audience) for one in chosen}
    by_uid = {one.facts.uid: one for one in chosen}
    oldest = timedelta(minutes=board.oldest_minutes)
    if not line.audience:
        before = replace(before, levels={one.facts.uid: _level(one) for one in chosen})
    found, memory = signs.choose(
        [signs.Candidate(member=member, metres=_metres(board, by_uid[uid]))
         for uid, member in members.items()],
        now, oldest, before,
    )  # fmt: skip
    if found is None:
        right = board.full_word if members else line.fallback or board.fallback
        text = composed(line.label, right, board.width)
        return Filled(line=Line(text=text), memory=memory, dark=not members)
    site = by_uid[found.uid]
    level = memory.levels.get(found.uid, "free")
    stays = before.chosen == found.uid
    own = rules.Memory(levels={rules.WHOLE: before.levels.get(found.uid, level)},
                       number=before.number if stays else None)  # fmt: skip
    said, after = rules.say([members[found.uid]], now, _wish(board, line), own)
    right = words_of(said, _words(board), line.fallback or board.fallback, board.width)
    text = composed(short_name(site), right, board.width)
    arrow = _arrow(board, site) if line.arrow == "auto" else line.arrow
    return Filled(line=Line(text=text, arrow=arrow), dark=not found.useful,
                  memory=replace(memory, number=after.number))  # fmt: skip


def short_name(site: logic.Site) -> str:
    """The name for a sign; a place may have a short one in its properties."""
    properties = site.place.properties if isinstance(site.place.properties, dict) else {}
    return str(properties.get("sign") or site.place.name)


def member_of(site: logic.Site, audience: str = "") -> rules.Member:
    """A car park, or one audience's part of it, for the rules.

    Where some spaces of an audience are not known, a count of none free says nothing.
    """
    facts = site.facts
    thresholds = rules.Thresholds(
        low_below=facts.low_below, low_above=facts.low_above,
        full_below=facts.full_below, full_above=facts.full_above,
    )  # fmt: skip
    # Shares are of the spaces that are known, as everywhere.
    capacity, free = site.count.known or site.capacity, site.free
    if audience:
        tally = site.by_audience.get(audience)
        capacity = tally.known if tally else 0
        free = site.free_of(audience)
        if free == 0 and tally is not None and tally.unknown and not site.closed:
            free = None
    return rules.Member(
        uid=facts.uid, capacity=capacity, free=free, at=site.at, closed=site.open is False,
        thresholds=thresholds,
    )  # fmt: skip


def remembered(line: BoardLine) -> rules.Memory:
    """What the line's row remembers."""
    kept = line.memory
    return rules.Memory(
        levels=kept.get("levels", {}), number=kept.get("number"), chosen=kept.get("chosen", "")
    )


def kept(memory: rules.Memory) -> dict[str, object]:
    """For the line's row."""
    return {"levels": dict(memory.levels), "number": memory.number, "chosen": memory.chosen}


def _level(site: logic.Site) -> rules.Level:
    """What the car park is called, so that boards and pages say the same."""
    return rules.LEVELS.get(site.facts.state, "free")


def _wish(board: Board, line: BoardLine, alone: logic.Site | None = None) -> rules.Wish:
    return rules.Wish(
        oldest=timedelta(minutes=board.oldest_minutes), step=board.step,
        partial=line.unknown == "at_least",
        level=_level(alone) if alone and not line.audience else None,
    )  # fmt: skip


def _words(board: Board) -> Words:
    return Words(
        low=board.low_word, full=board.full_word, closed=board.closed_word, least=board.least_word
    )


def _metres(board: Board, site: logic.Site) -> float:
    ends = _ends(board, site)
    return signs.metres(*ends) if ends else float("inf")


def _arrow(board: Board, site: logic.Site) -> str:
    ends = _ends(board, site)
    if ends is None or board.facing is None:
        return ""
    return signs.arrow(board.facing, signs.bearing(*ends))


def _ends(board: Board, site: logic.Site) -> tuple[tuple[float, float], tuple[float, float]] | None:
    here, there = board.place, site.place
    if here.lon is None or here.lat is None or there.lon is None or there.lat is None:
        return None
    return (here.lon, here.lat), (there.lon, there.lat)
