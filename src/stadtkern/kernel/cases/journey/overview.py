"""How far a draft is: its steps, what is done, what has to be repaired."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.forms.definition import Definition, Step
from stadtkern.kernel.cases.forms.run import Fault
from stadtkern.kernel.cases.forms.values.texts import in_words
from stadtkern.kernel.cases.models import Case

How = Literal["done", "open", "repair"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """One step as the list of steps shows it."""

    id: str
    title: str
    how: How
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """The steps that are shown with these answers, and everything that is wrong with them."""

    stops: Sequence[Stop]
    faults: Sequence[Fault]

    def after(self, step: str) -> str:
        """The step behind this one; empty behind the last one, where everything is checked."""
        names = [one.id for one in self.stops]
        at = names.index(step) + 1 if step in names else 0
        return names[at] if at < len(names) else ""

    def before(self, step: str) -> str:
        """The step in front of this one; empty in front of the first."""
        names = [one.id for one in self.stops]
        at = names.index(step) if step in names else 0
        return names[at - 1] if at else ""

    def first_open(self) -> str:
        """Where whoever comes back goes on; empty where everything is done."""
        return next((one.id for one in self.stops if one.how != "done"), "")


def overview(case: Case, definition: Definition, *, language: str) -> Overview:
    """What was never saved is open; what was saved and has faults is to be repaired."""
    answers = case.answers
    faults = run.faults(definition, answers, language=language)
    wrong = {one.step for one in faults}
    draft = getattr(case, "draft", None)
    saved = set(draft.steps) if draft else set()
    stops = [
        Stop(id=one.id, title=in_words(one.title, language), number=number,
             how=_how(one, saved, wrong))
        for number, one in enumerate(run.shown(definition, answers), start=1)
    ]  # fmt: skip
    return Overview(stops=stops, faults=faults)


def _how(step: Step, saved: set[str], wrong: set[str]) -> How:
    if step.id not in saved:
        return "open"
    return "repair" if step.id in wrong else "done"
