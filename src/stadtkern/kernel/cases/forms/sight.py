"""What of a form is shown with some answers; what is not shown has no answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from stadtkern.kernel.cases.forms import conditions
from stadtkern.kernel.cases.forms.conditions import Look
from stadtkern.kernel.cases.forms.parts import Condition, Definition, Field, Step

Answers = Mapping[str, Any]


class Sight:
    """Worked out once per step, field and repetition; a circle would end as not shown."""

    def __init__(self, definition: Definition, answers: Answers) -> None:
        self.definition = definition
        self.answers = answers
        self._home = {one.id: (step, one) for step in definition.steps for one in step.fields}
        self._steps: dict[str, bool] = {}
        self._fields: dict[tuple[str, int | None], bool] = {}

    def rows(self, step: Step) -> list[Answers]:
        """The repetitions of a step, so far."""
        return rows_of(self.answers, step)

    def places(self, step: Step) -> Sequence[int | None]:
        """The repetitions by number; of a step that is asked once: None."""
        return range(len(self.rows(step))) if step.repeated else (None,)

    def steps(self) -> list[Step]:
        """The steps that are shown."""
        return [one for one in self.definition.steps if self.step(one)]

    def fields(self, step: Step, row: int | None = None) -> list[Field]:
        """The fields of a step that are shown, notes among them."""
        return [one for one in step.fields if self.field(step, one, row)]

    def step(self, step: Step) -> bool:
        """Whether a step is shown."""
        if step.id not in self._steps:
            self._steps[step.id] = False
            self._steps[step.id] = self.holds(step.show)
        return self._steps[step.id]

    def field(self, step: Step, field: Field, row: int | None = None) -> bool:
        """Whether a field is shown, in a repetition of its step."""
        key = (field.id, row)
        if key not in self._fields:
            self._fields[key] = False
            self._fields[key] = self.step(step) and self.holds(field.show, step, row)
        return self._fields[key]

    def holds(self, condition: Condition, step: Step | None = None, row: int | None = None) -> bool:
        """Whether a condition holds, seen from a repetition of a step or from outside."""
        return conditions.holds(condition, self._look(step, row))

    def value(self, step: Step, field: Field, row: int | None = None) -> Any:
        """An answer; None where there is none or the field is not shown."""
        if not self.field(step, field, row):
            return None
        said = self.answers if row is None else self._row(step, row)
        return said.get(field.id)

    def seen(self, name: str) -> Any:
        """The answer of a field by its id, of its first repetition where there are several."""
        step, field = self._home[name]
        places = self.places(step)
        return self.value(step, field, places[0]) if places else None

    def _look(self, inside: Step | None, row: int | None) -> Look:
        def look(name: str) -> Sequence[Any]:
            if name not in self._home:
                return ()
            step, field = self._home[name]
            places = (row,) if inside is step else self.places(step)
            return [self.value(step, field, place) for place in places]

        return look

    def _row(self, step: Step, row: int) -> Answers:
        rows = self.rows(step)
        return rows[row] if row < len(rows) else {}


def rows_of(answers: Answers, step: Step) -> list[Answers]:
    """The repetitions of a step in some answers; anything else counts as none."""
    rows = answers.get(step.id)
    return [one for one in rows if isinstance(one, Mapping)] if isinstance(rows, list) else []
