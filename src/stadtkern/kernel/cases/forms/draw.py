"""How a page of a form is drawn: labels, inputs with what is in them, hints, faults, origins."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel.cases.forms import values
from stadtkern.kernel.cases.forms.conditions import is_empty
from stadtkern.kernel.cases.forms.parts import Definition, Field, Step
from stadtkern.kernel.cases.forms.sight import Answers, Sight, rows_of
from stadtkern.kernel.cases.forms.values import addresses, files, texts, texts_of
from stadtkern.kernel.cases.forms.values.texts import in_words

TYPES: Final = {"email": "email", "phone": "tel"}
INPUT_MODES: Final = {
    "integer": "numeric", "number": "decimal", "money": "decimal", "postcode": "numeric",
}  # fmt: skip
# What browsers and password managers know (WCAG 2.2, 1.3.5).
AUTOCOMPLETE: Final = {"email": "email", "phone": "tel", "postcode": "postal-code"}
AUTOCOMPLETE_BY_PREFILL: Final = {
    "given_names": "given-name", "family_name": "family-name", "birth_date": "bday",
    "street": "street-address", "city": "address-level2", "organisation": "organization",
}  # fmt: skip
ADDRESS_AUTOCOMPLETE: Final = {
    "street": "address-line1", "number": "off", "postcode": "postal-code", "town": "address-level2",
}  # fmt: skip
SPELT_AS_IS: Final = ("email", "iban", "plate", "vin", "postcode")
WIDTHS: Final = {
    "postcode": "short", "integer": "short", "number": "short", "money": "short", "time": "short",
    "date": "short", "plate": "short",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One input of a field; `name` is also what its id ends with."""

    name: str
    label: str
    value: str
    type: str = "text"
    mode: str = ""
    autocomplete: str = ""
    width: str = ""

    @property
    def id(self) -> str:
        """The id of the element."""
        return f"id_{self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """One radio button or box."""

    value: str
    label: str
    checked: bool
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Attached:
    """A document that is there already."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """One field as a page shows it. `shape`: note, locked, line, lines, picks, address, file."""

    id: str
    shape: str
    label: str
    hint: str = ""
    error: str = ""
    origin: str = ""
    helped: bool = False
    new: bool = False
    required: bool = True
    text: str = ""
    inputs: tuple[Input, ...] = ()
    picks: tuple[Pick, ...] = ()
    several: bool = False
    attached: tuple[Attached, ...] = ()
    more_files: bool = False
    accept: str = ""
    longest: int = 0
    spelt: bool = False

    @property
    def described(self) -> str:
        """The ids of what describes the input: hint, origin, fault."""
        there = {"hint": self.hint, "origin": self.origin or self.helped, "error": self.error}
        return " ".join(f"{self.id}-{name}" for name, one in there.items() if one)

    @property
    def target(self) -> str:
        """The id of the element that a link of the error summary leads to."""
        if self.picks:
            return self.picks[0].id
        return self.inputs[0].id if self.inputs else f"id_{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page of a form: its fields, and the error summary over it."""

    fields: tuple[Drawn, ...]
    # What is wrong with the step as a whole, such as too few entries.
    whole: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """Which fields the page asks, for the hidden input `asked`."""
        silent = ("note", "locked")
        return " ".join(one.id for one in self.fields if one.shape not in silent)

    @property
    def wrong(self) -> list[Drawn]:
        """The fields with a fault, in order; none has one that only just came up."""
        return [one for one in self.fields if one.error]

    @property
    def has_faults(self) -> bool:
        """Whether there is an error summary; the page's title begins with “Error:” then."""
        return bool(self.wrong or self.whole)

    @property
    def focus(self) -> str:
        """The field that came up because of an answer; it is focused unless there are faults."""
        new = next((one.id for one in self.fields if one.new), "")
        return "" if self.has_faults else new

    @property
    def takes_files(self) -> bool:
        """Whether the form has to be sent as multipart/form-data."""
        return any(one.shape == "file" for one in self.fields)


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """What is known about answers: origins and locks by field, who helped, names of documents."""

    origins: Mapping[str, str] = field(default_factory=dict)
    locked: Collection[str] = ()
    helped: Collection[str] = ()
    documents: Mapping[str, str] = field(default_factory=dict)


def page(
    definition: Definition, step: Step, answers: Answers, *, language: str,
    row: int | None = None, said: values.Said | None = None,
    faults: Mapping[str, str] | None = None, more: Collection[str] = (),
    whole: Sequence[str] = (), marks: Marks | None = None,
) -> Page:  # fmt: skip
    """The page of a step (of its repetition `row`) with these answers.

    After a page with faults: `answers` with `Taken.values` put in, `said` as it came, and
    `faults` and `more` of Taken: what was typed stands there again, letter by letter.
    """
    sight = Sight(definition, answers)
    before = answers if row is None else _row(answers, step, row)
    with override(language):
        fields = tuple(
            _drawn(one, before.get(one.id), said, (faults or {}).get(one.id, ""),
                   one.id in more, marks or Marks(), language)
            for one in step.fields if sight.holds(one.show, step, row)
        )  # fmt: skip
    return Page(fields=fields, whole=tuple(whole))


def _row(answers: Answers, step: Step, row: int) -> Answers:
    rows = rows_of(answers, step)
    return rows[row] if row < len(rows) else {}


def _drawn(
    one: Field, value: Any, said: values.Said | None, fault: str, new: bool, marks: Marks,
    language: str,
) -> Drawn:  # fmt: skip
    label, hint = in_words(one.title, language), in_words(one.about, language)
    if one.kind == "note":
        return Drawn(id=one.id, shape="note", label=label, text=hint)
    known: dict[str, Any] = {
        "id": one.id, "label": label, "hint": _hint(one, hint), "new": new,
        "error": "" if new else fault, "required": one.required,
        "helped": one.id in marks.helped, "origin": _origin(one, marks),
    }  # fmt: skip
    if one.id in marks.locked and not is_empty(value):
        return Drawn(**known, shape="locked", text=values.say(one, value, language))
    if one.kind == "file":
        return Drawn(**known, **_files(one, value, marks))
    if one.kind in ("boolean", "choice", "choices"):
        return Drawn(**known, **_picks(one, value, said, language))
    inputs = _inputs(one, _shown(one, value), said, label)
    shape = {"address": "address", "long_text": "lines"}.get(one.kind, "line")
    longest = one.longest or texts.LONGEST.get(one.kind, 0)
    return Drawn(**known, shape=shape, inputs=inputs, longest=longest,
                 spelt=one.kind in SPELT_AS_IS)  # fmt: skip


def _hint(one: Field, own: str) -> str:
    """The form's own hint; else how an answer of this kind is spelt."""
    if own or one.kind not in ("date", "plate", "time", "money"):
        return own
    return {
        "date": _("For example 31.12.2026"), "plate": _("For example HER-AB 123"),
        "time": _("For example 14:30"), "money": _("In euros, for example 1,234.50"),
    }[one.kind]  # fmt: skip


def _origin(one: Field, marks: Marks) -> str:
    origin = marks.origins.get(one.id, "")
    words = {
        "": "", "account": _("taken over from your account"),
        "eid": _("taken over from your online identity card, cannot be changed here"),
        "carried": _("taken over from your answers before"),
        "company": _("taken over from the account of the company"),
    }  # fmt: skip
    return words.get(origin, _("taken over"))


def _shown(one: Field, value: Any) -> Mapping[str, str]:
    if is_empty(value):
        return {}
    if values.problem(one, value):
        # What cannot be read is shown as it is, to be repaired.
        return {"": value} if isinstance(value, str) else {}
    return values.KINDS[one.kind].shown(one, value)


def _inputs(
    one: Field, shown: Mapping[str, str], said: values.Said | None, label: str
) -> tuple[Input, ...]:
    if one.kind != "address":
        auto = one.autocomplete or AUTOCOMPLETE_BY_PREFILL.get(one.prefill)
        return (
            Input(name=one.id, label=label, value=_typed(said, one.id, shown.get("", "")),
                  type=TYPES.get(one.kind, "text"), mode=INPUT_MODES.get(one.kind, ""),
                  autocomplete=auto or AUTOCOMPLETE.get(one.kind, ""),
                  width=WIDTHS.get(one.kind, "")),
        )  # fmt: skip
    labels = {"street": _("Street"), "number": _("House number"), "postcode": _("Postcode"),
              "town": _("Town")}  # fmt: skip
    return tuple(
        Input(name=f"{one.id}-{part}", label=labels[part], autocomplete=ADDRESS_AUTOCOMPLETE[part],
              value=_typed(said, f"{one.id}-{part}", shown.get(f"-{part}", "")),
              mode="numeric" if part == "postcode" else "",
              width="short" if part in ("number", "postcode") else "")
        for part in addresses.PARTS
    )  # fmt: skip


def _typed(said: values.Said | None, name: str, stored: str) -> str:
    """What was typed just now, else what is kept."""
    if said is None:
        return stored
    rows = texts_of(said, name)
    return rows[-1] if rows else stored


def _picks(one: Field, value: Any, said: values.Said | None, language: str) -> dict[str, Any]:
    if one.kind == "boolean":
        options = [("yes", _("Yes")), ("no", _("No"))]
        stored = [] if is_empty(value) else ["yes" if value is True else "no"]
    else:
        options = [(option.value, in_words(option.title, language)) for option in one.options]
        stored = value if isinstance(value, list) else [value]
    chosen = texts_of(said, one.id) if said is not None else stored
    picks = tuple(
        Pick(value=name, label=label, checked=name in chosen,
             id=f"id_{one.id}" if at == 0 else f"id_{one.id}-{at}")
        for at, (name, label) in enumerate(options)
    )  # fmt: skip
    return {"shape": "picks", "picks": picks, "several": one.kind == "choices"}


def _files(one: Field, value: Any, marks: Marks) -> dict[str, Any]:
    rows = value if isinstance(value, list) else []
    attached = tuple(Attached(id=str(each), name=marks.documents.get(str(each), _("Document")))
                     for each in rows)  # fmt: skip
    words = _("Possible: %(types)s, up to 10 MB each.") % {"types": files.types_in_words(one)}
    return {"shape": "file", "attached": attached, "more_files": one.most > len(attached),
            "several": one.most > 1, "accept": ",".join(files.types_of(one)),
            "text": words}  # fmt: skip
