"""What a form is made of: steps, fields, conditions, fees, permits; nothing but data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Words = Mapping[str, str]  # by language: {"de": .., "en": ..}; German is always there
Kind = Literal[
    "text", "long_text", "email", "phone", "integer", "number", "money", "date", "time",
    "boolean", "choice", "choices", "file", "address", "postcode", "iban", "plate", "vin", "note",
]  # fmt: skip
Operator = Literal[
    "is", "is_not", "in", "not_in", "less", "more", "filled", "empty", "age_under", "age_at_least",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Test:
    """One comparison with the answer of a field.

    `age_under` and `age_at_least` compare a date with today, in
    whole years. `less` and `more` compare numbers, money in
    cents, and dates with a date in ISO form or with a number of days from today. With an answer
    of several choices, `is` asks whether it is among them. A field of a repeated step is met where
    one of its repetitions meets it; a field that is not shown counts as empty.
    """

    # pytest is not to collect it.
    __test__ = False
    field: str
    op: Operator
    value: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """All of `all` and, where it is not empty, at least one of `any`; an empty one always holds.

    Both may hold comparisons and conditions.
    """

    all: tuple["Test | Condition", ...] = ()
    any: tuple["Test | Condition", ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One of the answers of a choice."""

    value: str
    title: Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One question. `fim` is the id of the data field in FIM, `prefill` an attribute of an account.

    Lengths in characters, `low` and `high` in the field's own measure (days from today for dates,
    euros for money), `types` are media types of files, `most` how many files or choices.
    `sensitive` answers are blanked first when data are erased. A `boolean` is answered with yes or
    no; a consent that has to be given is a `choices` with one option. A `note` asks nothing.
    """

    id: str
    kind: Kind
    title: Words
    about: Words = field(default_factory=dict)
    required: bool = True
    show: Condition = Condition()
    options: tuple[Option, ...] = ()
    longest: int = 0
    pattern: str = ""
    pattern_words: Words = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    types: tuple[str, ...] = ()
    most: int = 1
    prefill: str = ""
    sensitive: bool = False
    fim: str = ""
    autocomplete: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A rule over several fields: where `wrong` holds, `text` is said at `field`."""

    wrong: Condition
    field: str
    text: Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One page of the assistant; a repeated one (`least`..`most` times) asks for several people."""

    id: str
    title: Words
    about: Words = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    show: Condition = Condition()
    checks: tuple[Check, ...] = ()
    repeated: bool = False
    least: int = 1
    most: int = 1
    # What one repetition is called: “Person”.
    each: Words = field(default_factory=dict)
    fim: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fee:
    """A line of the bill where `when` holds: `cents`, times the number in field `per` if named."""

    text: Words
    cents: int
    when: Condition = Condition()
    per: str = ""
    budget: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """The permit that a granted case issues: its kind, the field of its subject, how long it holds.

    `data` names further fields that the permit says; `number` is the beginning of its number,
    `begins` the field with its first day. Subjects are spelt by `values.compared`.
    """

    kind: str
    subject: str
    months: int
    data: tuple[str, ...] = ()
    number: str = ""
    begins: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """A whole form.

    `level` is the level of trust that sending needs, `guests` whether it goes without an account.
    `payment`: `none`, `upfront` (before it is sent) or `deferred` (the desk decides the amount).
    `name`, `email`, `phone` name the fields that say who applies. `co_sign` names the field with
    the other's e-mail (and `co_sign_name` with the name), asked for where it is answered;
    `co_sign_level` is the level of trust that the other needs to sign. In a repeated step
    everybody who is named there signs, and sees their own entry only.
    `search` names the fields by which the desk finds a case besides, such as a number plate.
    `work_days` is how long the desk has, `appeal_days` how long an appeal is possible, and
    `keep_days` how long the personal part is kept by outcome (`granted`, `rejected`, `withdrawn`,
    `expired`). `four_eyes` asks for a second person. `appointment` is the slug of the appointment
    service that belongs to it. `texts` are templates of the desk by name.
    """

    title: Words
    intro: Words = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    level: int = 0
    guests: bool = False
    payment: Literal["none", "upfront", "deferred"] = "none"
    fees: tuple[Fee, ...] = ()
    name: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    search: tuple[str, ...] = ()
    co_sign: str = ""
    co_sign_name: str = ""
    co_sign_level: int = 0
    declaration: Words = field(default_factory=dict)
    work_days: int = 14
    appeal_days: int = 30
    four_eyes: bool = False
    keep_days: Mapping[str, int] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    appointment: str = ""
    texts: Mapping[str, Words] = field(default_factory=dict)
    fim: str = ""

    def fields(self) -> dict[str, Field]:
        """Every field by id, also those of repeated steps."""
        return {one.id: one for step in self.steps for one in step.fields}
