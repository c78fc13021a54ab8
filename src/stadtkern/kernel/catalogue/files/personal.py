"""Looks for personal data in a table before everybody may read it. A person decides.

Patterns find what is written like a number plate or an IBAN; names are found by headings and by
common first names. What is found is kept with its signs partly covered.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal

import msgspec
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.files.first_names import FIRST_NAMES
from stadtkern.kernel.catalogue.files.naming import slug_of
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.names import relation
from stadtkern.kernel.catalogue.tables.read import stream

Kind = Literal["name", "email", "phone", "iban", "birth", "plate", "address", "small", "group"]
TITLES: Final[dict[str, str | Promise]] = {
    "name": _("Names of people"),
    "email": _("E-mail addresses"),
    "phone": _("Telephone numbers"),
    "iban": _("Bank accounts (IBAN)"),
    "birth": _("Dates of birth"),
    "plate": _("Number plates"),
    "address": _("Addresses with house numbers"),
    "small": _("Counts of one or two people"),
    "group": _("Groups of one or two rows"),
}
REASONS: Final[dict[str, str | Promise]] = {
    "name": _("Names may be published where a law or a consent allows it."),
    "email": _("Addresses of offices may stay, those of people may not."),
    "phone": _("Numbers of offices may stay, those of people may not."),
    "iban": _("Bank accounts do not belong into open data."),
    "birth": _("With a place or a name a date of birth points to one person."),
    "plate": _("A number plate leads to its owner."),
    "address": _("Where single people live at it, an address is about them."),
    "small": _("Whoever knows one of them learns the rest."),
    "group": _("So few rows have these features in common that people can be recognised."),
}
EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
PHONE: Final = re.compile(
    r"(?<![\w.,/-])(?<!\d\s)(?:\+49|0049|0)[\s()/-]*[1-9](?:[\s()/-]*\d){6,12}(?![\w.,])"
)
IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b")
PLATE: Final = re.compile(r"[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[- ]?\d{1,4}[EH]?")
STREET: Final = re.compile(
    r"[A-ZÄÖÜ][\w.\- ]*?(str(\.|aße|asse)|weg|platz|allee|ring|gasse|ufer|damm|steig|hof|pfad)"
    r"\.?\s+\d{1,4}\s?[a-zA-Z]?\b.*", re.IGNORECASE,
)  # fmt: skip
NAME: Final = re.compile(r"(?:(?:Herr|Frau|Dr\.|Prof\.)\s+)*([A-ZÄÖÜ][a-zäöüßéè]+)(?:-[A-ZÄÖÜ]\w+)?"
                         r"(?:\s+[A-ZÄÖÜ]\.)?\s+([A-ZÄÖÜ][\wäöüß]+(?:-[A-ZÄÖÜ]\w+)?)")  # fmt: skip
NAMED: Final = re.compile(
    r"(vor|nach|familien|zu)_?name\w*|ansprech(partner|person)\w*|inhaber\w*|eigentuemer\w*|"
    r"(sach)?bearbeiter\w*|antragsteller\w*|kontaktperson|leiter(in)?|leitung|vorsitzende\w*|person"
)
BORN: Final = re.compile(r"geb(urts)?_?(datum|tag)?|geboren\w*|birth\w*|date_of_birth")
PHONED: Final = re.compile(r"(.*_)?(telefon|tel|fax|telefax|handy|mobil|rufnummer|phone)(_.*)?")
COUNT: Final = re.compile(r"(.*_)?(anzahl|faelle|fallzahl|personen|einwohner|count|schueler)(_.*)?")
FEATURE: Final = re.compile(
    r"geschlecht|alter|altersgruppe\w*|staatsangehoerigkeit|nationalitaet|religion|konfession|"
    r"familienstand|beruf|geburtsjahr|herkunft|krankheit|diagnose"
)
# Names of things that look like people.
THINGS: Final = re.compile(
    r"schule|straße|strasse|platz|kirche|haus|heim|park|garten|gymnasium|stiftung|verein|kita|gmbh"
    r"|\bag\b|allee|weg\b|ring\b|zentrum|klinik|museum", re.IGNORECASE,
)  # fmt: skip
LOOKED_AT: Final = 200_000
SAMPLES: Final = 3
# In so small a share of the cells a look-alike is more likely than what it looks like.
SHARES: Final = {"plate": 0.3, "address": 0.3, "name": 0.05}
FEW: Final = 3


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found in a column (or several): in how many rows, with covered samples."""

    kind: Kind
    column: str
    count: int
    samples: list[str] = []

    @property
    def title(self) -> str:
        """What it is."""
        return str(TITLES[self.kind])

    @property
    def reason(self) -> str:
        """Why it matters."""
        return str(REASONS[self.kind])


def look(version: Version) -> list[Finding]:
    """What may be about people in the rows of this version."""
    texts = [one for one in version.columns if one.kind == "text"]
    return [*_in_texts(version, texts), *_in_dates(version), *_small(version), *_groups(version)]


def _in_texts(version: Version, fields: Sequence[Field]) -> Iterator[Finding]:
    if not fields:
        return
    counts: Counter[tuple[int, str]] = Counter()
    filled: Counter[int] = Counter()
    samples: dict[tuple[int, str], list[str]] = {}
    for row in _rows(version, fields):
        for place, cell in enumerate(row):
            if not cell:
                continue
            filled[place] += 1
            for kind in _kinds(cell):
                counts[place, kind] += 1
                kept = samples.setdefault((place, kind), [])
                if len(kept) < SAMPLES:
                    kept.append(covered(cell))
    for place, one in enumerate(fields):
        yield from _judged(one, place, counts, filled, samples)


def _judged(
    one: Field, place: int, counts: Counter[tuple[int, str]], filled: Counter[int],
    samples: dict[tuple[int, str], list[str]],
) -> Iterator[Finding]:  # fmt: skip
    named = NAMED.fullmatch(slug_of(one.title or one.slug, 1)) or NAMED.fullmatch(one.slug)
    if named and filled[place]:
        kept = samples.get((place, "name"), [])
        yield Finding(kind="name", column=one.title, count=filled[place], samples=kept)
    if PHONED.fullmatch(one.slug) and filled[place]:
        kept = samples.get((place, "phone"), [])
        counts[place, "phone"] = 0
        yield Finding(kind="phone", column=one.title, count=filled[place], samples=kept)
    if BORN.fullmatch(one.slug) and filled[place]:
        yield Finding(kind="birth", column=one.title, count=filled[place])
    for kind in ("email", "phone", "iban", "plate", "address", "name"):
        count = counts[place, kind]
        enough = count > SHARES.get(kind, 0) * filled[place]
        if count and enough and not (kind == "name" and named):
            kept = samples[place, kind]
            yield Finding(kind=kind, column=one.title, count=count, samples=kept)


def _rows(version: Version, fields: Sequence[Field]) -> Iterator[Sequence[Any]]:
    seen = 0
    for rows in stream(version, [one.slug for one in fields]):
        yield from rows
        seen += len(rows)
        if seen >= LOOKED_AT:
            return


def _kinds(cell: str) -> Iterator[str]:
    if "@" in cell and EMAIL.search(cell):
        yield "email"
    for kind, test in TESTS:
        if test(cell):
            yield kind


def _is_iban(cell: str) -> bool:
    found = IBAN.search(cell)
    return found is not None and _checks(found[0].replace(" ", ""))


def _checks(iban: str) -> bool:
    """ISO 13616: the rest of the division by 97 is one."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _is_name(cell: str) -> bool:
    found = NAME.fullmatch(cell.strip())
    return found is not None and found[1] in FIRST_NAMES and not THINGS.search(cell)


TESTS: Final[tuple[tuple[str, Callable[[str], object]], ...]] = (
    # Digits alone may be any key; a column of telephone numbers says what it is.
    ("phone", lambda cell: not cell.isdigit() and PHONE.search(cell)),
    ("iban", _is_iban),
    ("plate", lambda cell: PLATE.fullmatch(cell.strip())),
    ("address", lambda cell: STREET.fullmatch(cell.strip())),
    ("name", _is_name),
)


def _in_dates(version: Version) -> Iterator[Finding]:
    for one in version.columns:
        born = BORN.fullmatch(one.slug) or BORN.fullmatch(slug_of(one.title, 1))
        if one.kind in ("date", "datetime") and born:
            yield Finding(kind="birth", column=one.title, count=version.rows)


def _small(version: Version) -> Iterator[Finding]:
    for one in version.columns:
        if one.kind == "integer" and COUNT.fullmatch(one.slug):
            column = sql.Identifier(one.slug)
            statement = sql.SQL("select count(*) from {} where {} between 1 and 2")
            if count := _number(statement.format(relation(version), column)):
                yield Finding(kind="small", column=one.title, count=count)


def _groups(version: Version) -> Iterator[Finding]:
    features = [one for one in version.columns if FEATURE.fullmatch(one.slug)]
    if len(features) < 2 or any(COUNT.fullmatch(one.slug) for one in version.columns):
        return
    columns = sql.SQL(", ").join(sql.Identifier(one.slug) for one in features)
    statement = sql.SQL(
        "select count(*) from (select 1 from {} group by {} having count(*) < {}) g"
    )
    if count := _number(statement.format(relation(version), columns, sql.Literal(FEW))):
        named = ", ".join(one.title for one in features)
        yield Finding(kind="group", column=named, count=count)


def _number(statement: sql.Composed) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


def covered(cell: str) -> str:
    """The first signs of each word, the rest as dots: enough to recognise, too little to keep."""
    words = cell.split()[:4]
    return " ".join(word[:2] + "•" * min(len(word) - 2, 6) if len(word) > 2 else word
                    for word in words)  # fmt: skip
