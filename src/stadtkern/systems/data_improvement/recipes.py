"""A recipe: what was changed, step by step, so that anybody gets the same rows again.

Every accepted value stands in the recipe itself. A model that was asked for it may change with
the next release; what a person agreed to does not.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.files.values import Unfit, date_of, number_of

SCHEMA: Final = "stadtkern-recipe/1"
# Casts read text first, so that later steps meet the values that they were proposed for.
ORDER: Final = {"cast": 0, "set": 1, "fill": 2, "describe": 3, "drop": 4}
FILLED, HOW = "_ergaenzt", "_hinweis"
Row = list[Any]


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One accepted proposal. `cells` are (row, column, old, new)."""

    action: str
    kind: str
    method: str
    column: str = ""
    cells: list[tuple[int, str, Any, Any]] = []
    to: dict[str, Any] = {}
    reason: str = ""
    said: dict[str, Any] = {}
    confidence: float = 0.0
    parameters: dict[str, Any] = {}
    # When a person accepted it; who it was stands in the audit log alone.
    accepted: str = ""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What it is applied to: which version of which table, and the SHA-256 of its rows."""

    dataset: str
    resource: str
    version: int
    rows: int
    digest: str
    # The column that names a row, and what it said in the rows that are touched, by their number;
    # where there is none, rows are known by their number alone.
    key: str = ""
    keys: list[tuple[int, Any]] = []


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it; `packages` and `seed` are those of the examination that proposed it."""

    source: Source
    columns: list[Field]
    steps: list[Step]
    code: str
    seed: int = 0
    packages: dict[str, str] = {}
    schema: str = SCHEMA
    result: dict[str, Any] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Misfit:
    """A step that no longer fits: which one, where, and what stands there now."""

    step: int
    row: int | None
    column: str
    expected: Any
    found: Any


@dataclass(kw_only=True, slots=True)
class Outcome:
    """Rows and columns afterwards, what did not fit, and how many cells each kind changed."""

    columns: list[Field]
    rows: list[Row]
    misfits: list[Misfit] = field(default_factory=list)
    changed: Counter[str] = field(default_factory=Counter)


def digest_of(rows: Iterable[Row]) -> str:
    """SHA-256 over the rows as JSON, as the catalogue reckons it."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(msgspec.json.encode(row))
    return digest.hexdigest()


def read(text: bytes | str) -> Recipe:
    """From JSON; msgspec.ValidationError where it is none."""
    return msgspec.json.decode(text, type=Recipe)


def written(recipe: Recipe) -> bytes:
    """As JSON: the same recipe gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(recipe), indent=1)


def replay(recipe: Recipe, columns: Sequence[Field], rows: Sequence[Row]) -> Outcome:
    """Apply all steps; a cell that does not say what it said then stays, and is told."""
    work = _Work(recipe, columns, rows)
    numbered = sorted(enumerate(recipe.steps), key=lambda one: ORDER[one[1].action])
    for number, step in numbered:
        work.take(number, step)
    return work.outcome()


class _Work:
    """One application of a recipe to rows that may be newer than it."""

    def __init__(self, recipe: Recipe, columns: Sequence[Field], rows: Sequence[Row]) -> None:
        self.columns = list(columns)
        self.before = rows
        self.rows = [list(row) for row in rows]
        self.places = {one.slug: place for place, one in enumerate(self.columns)}
        self.source = dict(self.places)
        self.misfits: list[Misfit] = []
        self.changed: Counter[str] = Counter()
        self.dropped: set[int] = set()
        self.keys = dict(recipe.source.keys)
        self.by_key = self._by_key(recipe.source.key)

    def _by_key(self, key: str) -> dict[Any, int] | None:
        if not key or key not in self.places:
            return None
        place = self.places[key]
        counted = Counter(msgspec.json.encode(row[place]) for row in self.rows)
        return {
            encoded: index
            for index, row in enumerate(self.rows)
            if counted[encoded := msgspec.json.encode(row[place])] == 1
        }

    def index_of(self, number: int) -> int | None:
        """Which of the present rows was this one: by its key, else by its number."""
        key = self.keys.get(number)
        if self.by_key is not None and key is not None:
            return self.by_key.get(msgspec.json.encode(key))
        return number - 1 if 0 < number <= len(self.rows) else None

    def take(self, number: int, step: Step) -> None:
        """One step."""
        getattr(self, f"_{step.action}")(number, step)

    def _tell(self, step: int, row: int | None, column: str, expected: Any, found: Any) -> None:
        self.misfits.append(
            Misfit(step=step, row=row, column=column, expected=expected, found=found)
        )

    def _set(self, number: int, step: Step) -> None:
        for row, column, old, new in step.cells:
            index, place = self.index_of(row), self.source.get(column)
            if index is None or place is None:
                self._tell(number, row, column, old, None)
            elif self.rows[index][place] != old:
                self._tell(number, row, column, old, self.rows[index][place])
            else:
                self.rows[index][place] = new
                self.changed[step.kind] += 1

    def _drop(self, number: int, step: Step) -> None:
        """Rows that stand there twice; what each said then is compared first."""
        for row, column, old, _new in step.cells:
            index, place = self.index_of(row), self.source.get(column)
            now = None if index is None or place is None else self.before[index][place]
            if index is None or place is None or now != old:
                self._tell(number, row, column, old, now)
            else:
                self.dropped.add(index)
                self.changed[step.kind] += 1

    def _cast(self, number: int, step: Step) -> None:
        """A column of text becomes one of numbers or days; all of it or nothing."""
        place = self.source.get(step.column)
        if place is None or self.columns[place].kind != "text":
            self._tell(number, None, step.column, "text", None)
            return
        try:
            cast = [read_as(row[place], step.to) for row in self.rows]
        except Unfit as unfit:
            self._tell(number, None, step.column, step.to["kind"], str(unfit))
            return
        for row, value in zip(self.rows, cast, strict=True):
            row[place] = value
        self.columns[place] = msgspec.structs.replace(self.columns[place], kind=step.to["kind"])
        self.changed[step.kind] += sum(one is not None for one in cast)

    def _fill(self, number: int, step: Step) -> None:
        """Into two columns beside the original one, which stays as it is."""
        place = self.source.get(step.column)
        if place is None:
            self._tell(number, None, step.column, "", None)
            return
        added, how = self._beside(step.column, place)
        for row, column, old, new in step.cells:
            index = self.index_of(row)
            now = None if index is None else self.rows[index][place]
            if index is None or now != old:
                self._tell(number, row, column, old, now)
            else:
                self.rows[index][added] = new
                self.rows[index][how] = step.method
                self.changed[step.kind] += 1

    def _beside(self, slug: str, place: int) -> tuple[int, int]:
        """Where the values with additions and their marks stand; made where they are missing."""
        added, how = f"{slug[:50]}{FILLED}", f"{slug[:50]}{HOW}"
        if added not in self.places:
            of = self.columns[place]
            title = of.title or slug
            self._append(
                msgspec.structs.replace(
                    of, slug=added, kind="number", title=f"{title} (ergänzt)",
                    title_en=f"{of.title_en or title} (completed)", raw="",
                    about="Wie gemessen; wo etwas fehlte oder falsch war, ein berechneter Wert.",
                    about_en="As measured; where a value was missing or wrong, a calculated one.",
                ),
                [row[place] for row in self.rows],
            )  # fmt: skip
            self._append(
                Field(slug=how, title=f"{title} (Verfahren)", title_en=f"{title} (method)",
                      about="Leer bei Messwerten; sonst, wie der Wert berechnet wurde.",
                      about_en="Empty for measured values; else how the value was calculated."),
                [None] * len(self.rows),
            )  # fmt: skip
        return self.places[added], self.places[how]

    def _append(self, one: Field, values: Sequence[Any]) -> None:
        self.places[one.slug] = len(self.columns)
        self.columns.append(one)
        for row, value in zip(self.rows, values, strict=True):
            row.append(value)

    def _describe(self, number: int, step: Step) -> None:
        """What a column means; what is said of the whole dataset is no matter of rows."""
        if not step.column:
            return
        place = self.source.get(step.column)
        if place is None:
            self._tell(number, None, step.column, "", None)
            return
        allowed = {name: str(step.to[name]) for name in ("unit", "about", "about_en")
                   if name in step.to}  # fmt: skip
        self.columns[place] = msgspec.structs.replace(self.columns[place], **allowed)
        self.changed[step.kind] += 1

    def outcome(self) -> Outcome:
        """What came of it."""
        kept = [row for index, row in enumerate(self.rows) if index not in self.dropped]
        return Outcome(columns=self.columns, rows=kept, misfits=self.misfits, changed=self.changed)


def read_as(value: Any, to: Mapping[str, Any]) -> Any:
    """A text as the kind that its column becomes; Unfit where it is none."""
    text = str(value).strip() if value is not None else ""
    if not text or text.lower() in to.get("missing", ()):
        return None
    if to["kind"] == "date":
        return date_of(text).isoformat()
    unit = str(to.get("unit", ""))
    bare = text.removesuffix(unit).strip() if unit else text
    number = number_of(bare, decimal_of(bare, str(to.get("decimal", "."))))
    if to["kind"] == "integer":
        if not number.is_integer():
            raise Unfit(text)
        return int(number)
    return number


def decimal_of(text: str, usual: str) -> str:
    """Which sign separates decimals in this text; where both could, the column's usual one."""
    if "," in text and "." in text:
        return "," if text.rindex(",") > text.rindex(".") else "."
    for sign in (",", "."):
        head, _, tail = text.partition(sign)
        if tail and sign not in tail and (len(tail) != 3 or head.strip("+-") in ("", "0")):
            return sign
    return usual
