"""What an analysis says, in words a council member understands, and never without its range."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stadtkern.kernel import registry
from stadtkern.kernel.effects.models import Intervention
from stadtkern.kernel.ui.numbers import figure

METHODS: dict[str, tuple[str | Promise, str | Promise]] = {
    "before_after": (
        gettext_lazy("Before and after, plain"),
        gettext_lazy("Takes season, weather and trend for an effect. Only shown for comparison."),
    ),
    "same_season": (
        gettext_lazy("Same season a year earlier"),
        gettext_lazy("Leaves out the season, but not what changed everywhere since."),
    ),
    "same_season_difference": (
        gettext_lazy("Same season, against comparisons"),
        gettext_lazy("Leaves out both, but rests on one year only."),
    ),
    "difference": (
        gettext_lazy("Difference in differences"),
        gettext_lazy("Compares how far the place moved away from the mean of its comparisons."),
    ),
    "synthetic": (
        gettext_lazy("Synthetic comparison"),
        gettext_lazy("Mixes the comparisons so that they follow the place best before."),
    ),
    "structural": (
        gettext_lazy("Structural time series model"),
        gettext_lazy("Lets the level wander, so it knows best how unsure it is."),
    ),
    "combined": (
        gettext_lazy("Our result: the mean of the last three"),
        gettext_lazy("Errs least in tests with known effects."),
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A gate in words: what is asked, what was found, what is needed."""

    title: str
    found: str
    needed: str
    passed: bool


def amount(value: float | None, given: Mapping[str, Any]) -> str:
    """An effect with its sign in words: `12 % more`, `0.8 °C less`; a dash where unknown."""
    if value is None:
        return figure(None)
    more = value >= 0
    text = _("%(amount)s more") if more else _("%(amount)s less")
    return text % {"amount": size(value, given)}


def size(value: float, given: Mapping[str, Any]) -> str:
    """An effect without its sign, in percent, or in the unit where shares make no sense."""
    if given["scale"] == "log":
        return f"{figure(abs(percent(value)), 0)} %"
    target = given["targets"][0]
    return f"{figure(abs(value), max(target['decimals'], 1))} {target['unit']}".strip()


def percent(value: float) -> float:
    """Log points as percent."""
    return 100 * (exp(value) - 1)


def topic(one: Intervention) -> str:
    """What becomes more or less."""
    if one.topic or one.observed_property is None:
        return one.topic
    declared = registry.observed().get(one.observed_property.slug or "")
    return str(declared.title) if declared else one.observed_property.name


def sentence(one: Intervention, given: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """The one sentence of the page."""
    if result["verdict"] == "effect":
        return _effect(one, given, result)
    if result["verdict"] == "none":
        return _none(given, result)
    reasons = list(missing(result))
    text = _("These data cannot tell whether the measure had an effect, because %(why)s.")
    return text % {"why": reasons[0] if reasons else _("too much is missing")}


def _effect(one: Intervention, given: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    ends = sorted((result["low"], result["high"]), key=abs)
    said = {
        "size": size(result["effect"], given), "topic": topic(one),
        "low": size(ends[0], given).removesuffix(" %"), "high": size(ends[1], given),
    }  # fmt: skip
    if result["effect"] >= 0:
        return _("%(size)s more %(topic)s, probably between %(low)s and %(high)s.") % said
    return _("%(size)s less %(topic)s, probably between %(low)s and %(high)s.") % said


def _none(given: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    half = (result["high"] - result["low"]) / 2
    text = _(
        "No effect can be seen in these data, because the difference (%(found)s) is smaller than "
        "what happens by chance (up to %(half)s)."
    )
    return text % {"found": amount(result["effect"], given), "half": size(half, given)}


def missing(result: Mapping[str, Any]) -> Iterator[str]:
    """Why nothing can be told: each gate that is shut, as part of a sentence."""
    for gate in result["gates"]:
        if not gate["passed"]:
            yield _reason(gate["slug"], gate["found"])


def _reason(slug: str, found: float | None) -> str:
    if slug in ("before", "after", "controls"):
        return _too_few(slug, int(found or 0))
    said = {
        "gaps": _("more than 15 percent of the weeks are missing"),
        "changes": _("a sensor was changed or moved in that time"),
        "fit": _("the comparisons moved differently even before the measure"),
        "time": _("the calculation finds something also at times when nothing was done"),
        "agree": _("the methods contradict one another"),
    }
    return said[slug]


def _too_few(slug: str, count: int) -> str:
    if slug == "before":
        text = ngettext(
            "only %(count)s week was measured before it (a year is needed)",
            "only %(count)s weeks were measured before it (a year is needed)",
            count,
        )
    elif slug == "after":
        text = ngettext(
            "only %(count)s week was measured since (eight are needed)",
            "only %(count)s weeks were measured since (eight are needed)",
            count,
        )
    else:
        text = ngettext(
            "there is only %(count)s series to compare with (three are needed)",
            "there are only %(count)s series to compare with (three are needed)",
            count,
        )
    return text % {"count": count}


def conditions(given: Mapping[str, Any], result: Mapping[str, Any]) -> list[Condition]:
    """All gates as a page shows them."""
    return [_condition(gate, given) for gate in result["gates"]]


def _condition(gate: Mapping[str, Any], given: Mapping[str, Any]) -> Condition:
    title, found, needed = (
        _of_sizes(gate, given) if gate["slug"] in ("time", "agree") else _of_counts(gate)
    )
    return Condition(title=title, found=found, needed=needed, passed=gate["passed"])


def _of_counts(gate: Mapping[str, Any]) -> tuple[str, str, str]:
    found = gate["found"]
    rows = {
        "before": (_("Weeks measured before"), figure(found), _("at least a year")),
        "after": (_("Weeks measured since"), figure(found), _("at least 8")),
        "gaps": (_("Weeks without values"), _share(found), _("less than 15 %")),
        "controls": (_("Series to compare with"), figure(found), _("at least 3")),
        "changes": (_("Changes at the sensors"), figure(found), _("none")),
        "fit": (
            _("Comparisons moved alike before (correlation)"), figure(found, 2), _("at least 0.6"),
        ),
    }  # fmt: skip
    return rows[gate["slug"]]


def _share(value: float | None) -> str:
    return f"{figure(None if value is None else 100 * value)} %"


def _of_sizes(gate: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[str, str, str]:
    titles = {
        "time": _("Found at times when nothing was done"),
        "agree": _("Farthest method from our result"),
    }
    needed = _("not more than %(size)s") % {"size": _sized(gate["limit"], given)}
    return titles[gate["slug"]], _sized(gate["found"], given), needed


def _sized(value: float | None, given: Mapping[str, Any]) -> str:
    return figure(None) if value is None else size(value, given)


def outlook(given: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """What a plan says before a measure begins."""
    smallest = result.get("smallest")
    if smallest is None:
        reasons = list(missing(result))
        why = reasons[0] if reasons else _("too much is missing")
        return _("With these series no effect could be told, because %(why)s.") % {"why": why}
    text = _(
        "After %(weeks)s weeks these series would show an effect of %(size)s or more. A smaller "
        "one would probably stay hidden."
    )
    return text % {"weeks": given["planned"], "size": size(smallest, given)}


def assumptions(one: Intervention, given: Mapping[str, Any], result: Any) -> list[str]:
    """Everything that the result rests on, one sentence each."""
    weeks: Sequence[str] = given["weeks"]
    first, last = weeks[0], weeks[-1]
    found = [
        _("Weekly means from %(first)s to %(last)s; %(before)s weeks before, %(after)s since.")
        % {"first": _day(first), "last": _day(last), "before": given["before"],
           "after": given["after"]},
        _("Without the measure, the place would have moved as its comparisons did."),
        _("The comparisons are not touched by the measure."),
        _("Only the measure began at that time; what else happened there counts as its effect."),
    ]  # fmt: skip
    if given["scale"] == "log":
        found.append(_("Changes are calculated as shares (on logarithms), not as differences."))
    found += _weather(given)
    if given.get("spoilt"):
        names = ", ".join(row["place"] for row in given["spoilt"])
        found.append(_("Left out, because their sensors changed: %(names)s.") % {"names": names})
    if result and result.get("dropped"):
        names = ", ".join(
            row["place"] for row in given["controls"] if row["id"] in result["dropped"]
        )
        found.append(_("Left out, because of gaps: %(names)s.") % {"names": names})
    return found


def _weather(given: Mapping[str, Any]) -> Iterator[str]:
    used = [row["name"] for row in given["covariates"] if row["slug"] == "weather"]
    if used:
        yield _("Adjusted for the weather: %(names)s.") % {"names": ", ".join(used)}
    else:
        yield _(
            "Not adjusted for the weather by itself: it acts on the comparisons as on the place."
        )
    if given["left_out"]:
        names = ", ".join(row["name"] for row in given["left_out"])
        yield _("Weather left out, because too few weeks were measured: %(names)s.") % {
            "names": names
        }
    yield _("Adjusted for public holidays.")


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT")
