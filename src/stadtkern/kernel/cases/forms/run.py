"""Running a form: what is asked, what was said, what is wrong; pure, without the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import Any

from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms import conditions, values
from stadtkern.kernel.cases.forms.bill import bill
from stadtkern.kernel.cases.forms.conditions import is_empty
from stadtkern.kernel.cases.forms.parts import Condition, Definition, Field, Step
from stadtkern.kernel.cases.forms.sight import Answers, Sight, rows_of
from stadtkern.kernel.cases.forms.summary import Part, Said, summary
from stadtkern.kernel.cases.forms.values import NotValid, texts_of
from stadtkern.kernel.cases.forms.values import Said as Input
from stadtkern.kernel.cases.forms.values.texts import in_words

__all__ = [
    "Fault",
    "Part",
    "Said",
    "Taken",
    "bill",
    "faults",
    "holds",
    "kept",
    "shown",
    "shown_fields",
    "summary",
    "take",
]
# The hidden input that says which fields were on the page.
ASKED = "asked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What came of one page: answers by field (None: emptied), what is wrong by field.

    `values` has what can be kept: only fields that are shown, and none with a fault of spelling.
    `more` are fields that this page's answers brought up and that were not on it; those that
    need an answer are in `faults` too.
    """

    values: dict[str, Any]
    faults: dict[str, str]
    more: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with a form: at which field (empty: the step), in which repetition."""

    step: str
    field: str
    row: int | None
    text: str


def shown(definition: Definition, answers: Answers) -> list[Step]:
    """The steps that these answers lead through."""
    return Sight(definition, answers).steps()


def shown_fields(
    definition: Definition, step: Step, answers: Answers, row: int | None = None
) -> list[Field]:
    """The fields of a step that are asked, notes among them; `row` counts repetitions from 0."""
    return Sight(definition, answers).fields(step, row)


def holds(condition: Condition, answers: Answers, row: Answers | None = None) -> bool:
    """Whether a condition holds for answers alone, without a definition that hides some.

    `row` are the answers of one repetition: its fields are looked up there first.
    """

    def look(name: str) -> Sequence[Any]:
        if row is not None and name in row:
            return (row[name],)
        if name in answers:
            return (answers[name],)
        rows = [one for said in answers.values() if isinstance(said, list) for one in said]
        return [one[name] for one in rows if isinstance(one, Mapping) and name in one]

    return conditions.holds(condition, look)


def take(
    definition: Definition,
    step: Step,
    said: Input,
    answers: Answers,
    *,
    language: str,
    row: int | None = None,
    files: Mapping[str, Sequence[str]] | None = None,
    locked: Collection[str] = (),
) -> Taken:
    """What a page said. Never raises, whatever was said.

    `files` are public ids of documents that came with it, by field: they are added to those that
    are there, and those named under `<field>-remove` go. `locked` fields keep their answer. Where
    the page says which fields were on it (`asked`), others keep what they had.
    """
    with override(language):
        before = _page(answers, step, row)
        found = _Found(definition, step, row, answers)
        asked = set(" ".join(texts_of(said, ASKED)).split())
        for field in step.fields:
            if field.kind == "note":
                continue
            if field.id in locked or (asked and field.id not in asked):
                found.values[field.id] = before.get(field.id)
            elif field.kind == "file":
                found.values[field.id] = _files(field, said, before, files or {})
            else:
                found.parse(field, said)
        return found.judged(asked)


@dataclass(slots=True)
class _Found:
    """What was found on a page, before it is known what is shown."""

    definition: Definition
    step: Step
    row: int | None
    answers: Answers
    values: dict[str, Any] = made_by(default_factory=dict)
    misspelt: dict[str, str] = made_by(default_factory=dict)

    def parse(self, field: Field, said: Input) -> None:
        """Read one field."""
        try:
            self.values[field.id] = values.KINDS[field.kind].parse(field, said)
        except NotValid as refused:
            self.values[field.id] = None
            self.misspelt[field.id] = str(refused)

    def judged(self, asked: Collection[str]) -> Taken:
        """The answers and faults of the fields that are shown."""
        sight = Sight(self.definition, _with(self.answers, self.step, self.row, self.values))
        # A page is answered even where its step is not asked any more.
        fields = [one for one in self.step.fields
                  if sight.holds(one.show, self.step, self.row)]  # fmt: skip
        told = {one.id: self.misspelt.get(one.id) or _missing(one, self.values.get(one.id))
                or values.problem(one, self.values.get(one.id))
                for one in fields if one.kind != "note"}  # fmt: skip
        told = {name: text for name, text in told.items() if text}
        for name, text in _crossed(sight, self.step, self.row).items():
            told.setdefault(name, text)
        kept = {one.id: self.values.get(one.id) for one in fields
                if one.kind != "note" and one.id not in self.misspelt}  # fmt: skip
        more = tuple(name for name in kept if asked and name not in asked)
        return Taken(values=kept, faults=told, more=more)


def _page(answers: Answers, step: Step, row: int | None) -> Answers:
    if row is None:
        return answers
    rows = rows_of(answers, step)
    return rows[row] if row < len(rows) else {}


def _with(
    answers: Answers, step: Step, row: int | None, found: Mapping[str, Any]
) -> dict[str, Any]:
    """The answers with those of a page put in."""
    if row is None:
        return {**answers, **found}
    rows: list[Answers] = rows_of(answers, step)
    rows += [{} for _more in range(row + 1 - len(rows))]
    rows[row] = {**rows[row], **found}
    return {**answers, step.id: rows}


def _files(
    field: Field, said: Input, before: Answers, added: Mapping[str, Sequence[str]]
) -> list[str] | None:
    gone = set(texts_of(said, f"{field.id}-remove"))
    there = before.get(field.id)
    rows = [one for one in there if one not in gone] if isinstance(there, list) else []
    return [*rows, *(one for one in added.get(field.id, ()) if one not in rows)] or None


def _missing(field: Field, value: Any) -> str:
    if not field.required or not is_empty(value):
        return ""
    if field.kind in ("boolean", "choice"):
        return _("Please choose an answer.")
    if field.kind == "choices":
        return (
            _("Please tick this box.") if len(field.options) == 1
            else _("Please choose at least one answer.")
        )  # fmt: skip
    if field.kind == "file":
        return _("Please add a file.")
    return _("Please fill this in.")


def _crossed(sight: Sight, step: Step, row: int | None) -> dict[str, str]:
    """What the checks over several fields say, the first for each field."""
    wrong: dict[str, str] = {}
    by_id = {one.id: one for one in step.fields}
    for check in step.checks:
        seen = sight.holds(by_id[check.field].show, step, row) if check.field in by_id else False
        if seen and check.field not in wrong and sight.holds(check.wrong, step, row):
            wrong[check.field] = in_words(check.text, get_language() or "de")
    return wrong


def faults(definition: Definition, answers: Answers, *, language: str) -> list[Fault]:
    """Everything that keeps the form from being sent, in its order."""
    sight = Sight(definition, answers)
    found: list[Fault] = []
    with override(language):
        for step in sight.steps():
            if step.repeated and (text := _count(step, len(sight.rows(step)))):
                found.append(Fault(step=step.id, field="", row=None, text=text))
            for row in sight.places(step):
                found += _page_faults(sight, step, row)
    return found


def _page_faults(sight: Sight, step: Step, row: int | None) -> list[Fault]:
    told: dict[str, str] = {}
    for field in sight.fields(step, row):
        value = sight.value(step, field, row)
        if field.kind != "note" and (
            text := _missing(field, value) or values.problem(field, value)
        ):
            told[field.id] = text
    for name, text in _crossed(sight, step, row).items():
        told.setdefault(name, text)
    order = [one.id for one in step.fields]
    return [Fault(step=step.id, field=name, row=row, text=told[name])
            for name in sorted(told, key=order.index)]  # fmt: skip


def _count(step: Step, rows: int) -> str:
    if rows < step.least:
        said = ngettext("Please add at least %(n)s entry here.",
                        "Please add at least %(n)s entries here.", step.least)  # fmt: skip
        return said % {"n": step.least}
    if rows > step.most:
        said = ngettext("At most %(n)s entry is possible here.",
                        "At most %(n)s entries are possible here.", step.most)  # fmt: skip
        return said % {"n": step.most}
    return ""


def kept(definition: Definition, answers: Answers) -> dict[str, Any]:
    """The answers that count: of steps and fields that are shown, and not empty."""
    sight = Sight(definition, answers)
    whole: dict[str, Any] = {}
    for step in sight.steps():
        rows = [_kept_row(sight, step, row) for row in sight.places(step)]
        if not step.repeated:
            whole |= rows[0]
        elif rows:
            whole[step.id] = rows
    return whole


def _kept_row(sight: Sight, step: Step, row: int | None) -> dict[str, Any]:
    pairs = ((one.id, sight.value(step, one, row)) for one in sight.fields(step, row)
             if one.kind != "note")  # fmt: skip
    return {name: value for name, value in pairs if not is_empty(value)}
