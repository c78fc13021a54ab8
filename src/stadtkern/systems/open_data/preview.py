"""The rows that a person asks for: conditions and order in the address, words where they fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.read import Operator, Page, Query, Where, read
from stadtkern.systems.open_data import cells

PER_PAGE: Final = 25
LAST_ROW: Final = 100_000
MOST_CONDITIONS: Final = 6
SPLIT: Final = "~"
# How the address names an operator.
OPERATORS: Final[Mapping[str, tuple[Operator, str | Promise]]] = {
    "has": ("contains", gettext_lazy("contains")),
    "eq": ("=", gettext_lazy("is")),
    "ne": ("!=", gettext_lazy("is not")),
    "gte": (">=", gettext_lazy("at least")),
    "lte": ("<=", gettext_lazy("at most")),
    "gt": (">", gettext_lazy("more than")),
    "lt": ("<", gettext_lazy("less than")),
    "none": ("null", gettext_lazy("is missing")),
    "any": ("not null", gettext_lazy("is known")),
}
WORDLESS: Final = ("none", "any")
DATES: Final = ("%Y-%m-%d", "%d.%m.%Y")
TIMES: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M", *DATES)
TRUE: Final = ("true", "ja", "yes", "1", "wahr")
FALSE: Final = ("false", "nein", "no", "0", "falsch")


class NotUnderstood(ValueError):
    """A condition makes no sense; the text says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One condition as said in the address: `column~operator~value`."""

    field: Field
    word: str
    text: str
    where: Where

    @property
    def said(self) -> str:
        """As the address says it."""
        return SPLIT.join((self.field.slug, self.word, self.text))

    @property
    def words(self) -> str:
        """For people: `Trees at least 100`."""
        return f"{cells.title_of(self.field)} {OPERATORS[self.word][1]} {self.text}".strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What the address asks of a table; `problems` names what was left out, and why."""

    conditions: tuple[Condition, ...] = ()
    sort: str = ""
    page: int = 1
    problems: tuple[str, ...] = ()

    @property
    def where(self) -> tuple[Where, ...]:
        """The conditions for the reader of tables."""
        return tuple(one.where for one in self.conditions)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row as shown: each cell with its column."""

    cells: Sequence[tuple[Field, str]]


def wanted(query: QueryDict, fields: Sequence[Field]) -> Wanted:
    """Of an address: `w=trees~gte~100&sort=-trees&page=2`."""
    conditions, problems = [], []
    for said in query.getlist("w")[:MOST_CONDITIONS]:
        try:
            conditions.append(condition(said, fields))
        except NotUnderstood as problem:
            problems.append(str(problem))
    sort = query.get("sort", "")
    sortable = {one.slug for one in fields if one.kind != "geometry"}
    page = query.get("page", "")
    return Wanted(
        conditions=tuple(conditions),
        sort=sort if sort.removeprefix("-") in sortable else "",
        page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1,
        problems=tuple(problems),
    )


def condition(said: str, fields: Sequence[Field]) -> Condition:
    """`trees~gte~100`. Raises NotUnderstood."""
    slug, _sep, rest = said.partition(SPLIT)
    word, _sep, text = rest.partition(SPLIT)
    field = next((one for one in fields if one.slug == slug), None)
    if field is None or word not in OPERATORS:
        raise NotUnderstood(_("This filter is not known. Choose a column and a comparison."))
    operator = OPERATORS[word][0]
    text = text.replace("\x00", "").strip()
    if word in WORDLESS:
        return Condition(
            field=field, word=word, text="", where=Where(column=slug, operator=operator)
        )
    if not text or field.kind == "geometry":
        raise NotUnderstood(_("Write what “%(column)s” is to be compared with.")
                            % {"column": cells.title_of(field)})  # fmt: skip
    value = text if operator == "contains" else value_of(field, text)
    return Condition(field=field, word=word, text=text,
                     where=Where(column=slug, operator=operator, value=value))  # fmt: skip


def value_of(field: Field, text: str) -> Any:
    """Text as a value of the column's kind, as people write it. Raises NotUnderstood."""
    readers = {"integer": _integer, "number": _number, "date": _date, "datetime": _instant,
               "boolean": _boolean}  # fmt: skip
    try:
        return readers[field.kind](text) if field.kind in readers else text
    except (ValueError, OverflowError):
        examples = {"integer": "12", "number": "3,5", "date": "31.12.2025",
                    "datetime": "31.12.2025 14:30", "boolean": _("yes")}  # fmt: skip
        said = _("“%(text)s” does not fit the column “%(column)s”. Write for example %(example)s.")
        raise NotUnderstood(
            said % {"text": text, "column": cells.title_of(field), "example": examples[field.kind]}
        ) from None


def _integer(text: str) -> int:
    number = int(text.replace("\N{MINUS SIGN}", "-"))
    if abs(number) >= 2**63:
        raise OverflowError
    return number


def _number(text: str) -> float:
    plain = text.replace("\N{MINUS SIGN}", "-").replace(" ", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    return float(plain)


def _date(text: str) -> date:
    return _parsed(text, DATES).date()


def _instant(text: str) -> datetime:
    found = _parsed(text, TIMES)
    return found.replace(tzinfo=timezone.get_current_timezone()).astimezone(UTC)


def _parsed(text: str, patterns: Sequence[str]) -> datetime:
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007  the caller knows the zone
        except ValueError:
            continue
    raise ValueError(text)


def _boolean(text: str) -> bool:
    word = text.lower()
    if word not in TRUE + FALSE:
        raise ValueError(text)
    return word in TRUE


def page_of(version: Version, asked: Wanted) -> Page:
    """The rows of this page; nobody reads on after the first hundred thousand."""
    offset = min((asked.page - 1) * PER_PAGE, LAST_ROW)
    return read(version, Query(where=asked.where, order=(asked.sort,) if asked.sort else (),
                               limit=PER_PAGE, offset=offset))  # fmt: skip


def first_rows(version: Version, most: int) -> list[Row]:
    """A glance at a table: its first rows."""
    return rows_of(version, read(version, Query(limit=most)))


def rows_of(version: Version, page: Page) -> list[Row]:
    """Rows with their cells as people read them."""
    by_slug = {one.slug: one for one in version.columns}
    fields = [by_slug[slug] for slug in page.columns]
    return [
        Row(cells=[(field, cells.shown(field, value)) for field, value in
                   zip(fields, row, strict=True)])
        for row in page.rows
    ]  # fmt: skip
