"""Which benefits may fit: rules over the answers, then what excludes what, then the order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.forms.definition import Condition, Words
from stadtkern.kernel.contract import State
from stadtkern.systems.social_benefits.logic.benefits import Benefit, Book, Rule, book, questions

# May fit; cannot be told; is received already; rather not.
Standing = Literal["fits", "open", "have", "against"]
ORDER: Final[tuple[Standing, ...]] = ("fits", "open", "have", "against")
SIGNS: Final[Mapping[Standing, State]] = {
    "fits": "good", "open": "tight", "have": "info", "against": "none",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One rule in plain words, and how it stands."""

    standing: Standing
    text: Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What is said of one benefit; no decision, and no amount."""

    benefit: Benefit
    standing: Standing
    reasons: tuple[Reason, ...]


def find(answers: Mapping[str, Any]) -> list[Verdict]:
    """All benefits that the finder can judge, what may fit first, by rank within that.

    Hidden answers do not count. Nothing of the answers is kept.
    """
    known, told = book(), run.kept(questions(), answers)
    judged = {one.slug: _judge(known, one, told) for one in known.benefits if one.is_asked}
    for one in known.excludes:
        winner, loser = judged[one.winner], judged[one.loser]
        if winner.standing == one.when and loser.standing in ("fits", "open"):
            reason = Reason(standing="against", text=one.text)
            judged[one.loser] = replace(loser, standing="against", reasons=(reason, *loser.reasons))
    listed = [one for one in judged.values() if one.reasons]
    return sorted(listed, key=lambda one: (ORDER.index(one.standing), one.benefit.rank))


def _judge(known: Book, benefit: Benefit, answers: Mapping[str, Any]) -> Verdict:
    if _has(benefit, answers):
        return Verdict(benefit=benefit, standing="have", reasons=(HAVE,))
    found = [_reason(known.rules[name], answers) for name in benefit.rules]
    standings = {one.standing for one in found}
    worst: Standing = next(
        (one for one in ("against", "open") if one in standings), "fits" if found else "against"
    )
    shown = [one for one in found if one.text]
    # What speaks against it says enough; what speaks for it would only confuse.
    only = [one for one in shown if one.standing == "against"]
    return Verdict(benefit=benefit, standing=worst, reasons=tuple(only or shown))


HAVE: Final = Reason(standing="have", text={
    "de": "Sie bekommen diese Leistung schon.", "en": "You receive this benefit already.",
})  # fmt: skip


def _has(benefit: Benefit, answers: Mapping[str, Any]) -> bool:
    received = benefit.have and benefit.have in (answers.get("receives") or [])
    return bool(received) and _holds(benefit.have_only, answers, empty=True)


def _reason(rule: Rule, answers: Mapping[str, Any]) -> Reason:
    if _holds(rule.against, answers):
        return Reason(standing="against", text=rule.no)
    if _holds(rule.fits, answers):
        return Reason(standing="fits", text=rule.yes)
    return Reason(standing="open", text=rule.open)


def _holds(condition: Condition | None, answers: Mapping[str, Any], *, empty: bool = False) -> bool:
    return empty if condition is None else run.holds(condition, answers)
