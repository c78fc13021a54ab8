"""What a form costs, line by line."""

from typing import Any

from stadtkern.kernel.cases.forms.parts import Definition, Fee
from stadtkern.kernel.cases.forms.sight import Answers, Sight
from stadtkern.kernel.cases.forms.values.texts import in_words
from stadtkern.kernel.payments.charges import MOST_PIECES, Line


def bill(definition: Definition, answers: Answers, *, language: str = "de") -> list[Line]:
    """The lines that are owed with these answers; an empty list where it is free.

    Only what is shown counts. A line of nothing is left out.
    """
    sight = Sight(definition, answers)
    lines = (_line(fee, sight, language) for fee in definition.fees if sight.holds(fee.when))
    return [one for one in lines if one is not None]


def _line(fee: Fee, sight: Sight, language: str) -> Line | None:
    pieces = _pieces(sight.seen(fee.per)) if fee.per else 1
    if pieces < 1 or not fee.cents:
        return None
    text = in_words(fee.text, language)[:250]
    return Line(text=text, cents=fee.cents * pieces, quantity=pieces, budget=fee.budget)


def _pieces(answer: Any) -> int:
    if not isinstance(answer, int) or isinstance(answer, bool):
        return 0
    return min(answer, MOST_PIECES)
