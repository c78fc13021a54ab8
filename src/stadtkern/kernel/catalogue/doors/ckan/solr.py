"""The part of Solr's query language that clients of CKAN use in `q` and `fq`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from stadtkern.kernel.catalogue.doors.ckan import names
from stadtkern.kernel.catalogue.doors.ckan.problems import bad_query
from stadtkern.kernel.catalogue.licences import LICENCE_LIST

PART: Final = re.compile(
    r"""\s*(?P<sign>[+-])?(?:(?P<field>[A-Za-z_][\w.]*):)?
    (?:"(?P<quoted>(?:[^"\\]|\\.)*)"|\((?P<group>[^()]*)\)|(?P<range>\[[^\]]*\])|(?P<word>[^\s()"]+))""",
    re.VERBOSE,
)
LONGEST, MOST = 2000, 50
ALL: Final = ("*:*", "*", "")
# What every published dataset is.
CONSTANT: Final[Mapping[str, tuple[str, ...]]] = {
    "state": ("active",), "dataset_type": ("dataset",), "type": ("dataset",),
    "private": ("false",), "capacity": ("public",), "site_id": ("*",), "entity_type": ("package",),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """`-tags:"Baum"`: a value, or several of which one must fit, of a field or of any."""

    field: str
    values: tuple[str, ...]
    no: bool = False


def parts(text: str) -> Iterator[Part]:
    """All must hold; `NOT` and `-` turn one round, `OR` is understood inside of brackets."""
    if text.strip() in ALL:
        return
    place, no, count, text = 0, False, 0, text[:LONGEST]
    while text[place:].strip():
        match, count = PART.match(text, place), count + 1
        if match is None or count > MOST:
            raise bad_query(f"cannot understand “{text[place : place + 40]}”")
        place = match.end()
        word = match["word"]
        if word in ("AND", "&&") and not match["field"]:
            continue
        if word in ("OR", "||") and not match["field"]:
            raise bad_query("put what is joined by OR into brackets behind a field")
        if word in ("NOT", "!") and not match["field"]:
            no = True
            continue
        yield Part(field=match["field"] or "", values=_values(match), no=no or match["sign"] == "-")
        no = False


def _values(match: re.Match[str]) -> tuple[str, ...]:
    if match["quoted"] is not None:
        return (re.sub(r"\\(.)", r"\1", match["quoted"]),)
    if match["group"] is not None:
        found = re.findall(r'"([^"]*)"|([^\s"]+)', match["group"])
        words = [quoted or word for quoted, word in found]
        if "AND" in words:
            raise bad_query("name the field once for each value that must be there")
        return tuple(word for word in words if word != "OR")
    return (match["range"] or re.sub(r"\\(.)", r"\1", match["word"]),)


def condition(part: Part) -> Q:
    """A part with a field as a condition on datasets."""
    made = Q()
    for value in part.values:
        made |= _one(part.field, value)
    return ~made if part.no else made


def _one(field: str, value: str) -> Q:
    if value == "*" or value.replace(" ", "") == "[*TO*]":
        return Q(pk__isnull=False)
    if field in CONSTANT:
        right = value.lower() in CONSTANT[field] or CONSTANT[field] == ("*",)
        return Q(pk__isnull=not right)
    if field in INSTANTS:
        return _period(INSTANTS[field], value)
    if field not in FIELDS:
        raise bad_query(f"undefined field {field[:60]}")
    made: Q = FIELDS[field](value)
    return made


def _period(column: str, value: str) -> Q:
    match = re.fullmatch(r"\[\s*(\S+)\s+TO\s+(\S+)\s*\]", value)
    if match is None:
        raise bad_query(f"{value[:60]} is no period: [2026-01-01T00:00:00Z TO *]")
    made = Q()
    for text, end in zip(match.groups(), ("gte", "lte"), strict=True):
        if text != "*":
            made &= Q(**{f"{column}__{end}": _instant(text)})
    return made


def _instant(text: str) -> datetime:
    if text == "NOW":
        return timezone.now()
    try:
        found = datetime.fromisoformat(text.replace("\\", ""))
    except ValueError:
        raise bad_query(f"{text[:40]} is no time") from None
    return found if found.tzinfo else found.replace(tzinfo=timezone.get_fixed_timezone(0))


def _licence(value: str) -> Q:
    return Q(licence=value.removeprefix(f"{LICENCE_LIST}/"))


def _named(column: str) -> Callable[[str], Q]:
    """A name, or its beginning with a star."""

    def made(value: str) -> Q:
        if value.endswith("*"):
            return Q(**{f"{column}__istartswith": value.rstrip("*")})
        return Q(**{f"{column}__iexact": value})

    return made


INSTANTS: Final = {"metadata_modified": "modified", "metadata_created": "issued"}
FIELDS: Final[Mapping[str, Callable[[str], Any]]] = {
    "id": lambda value: Q(slug=names.package(value)),
    "name": _named("slug"),
    "title": lambda value: Q(title__icontains=value.strip("*")),
    "title_string": lambda value: Q(title__iexact=value),
    "notes": lambda value: Q(about__icontains=value.strip("*")),
    "author": lambda value: Q(publisher__name__icontains=value.strip("*")),
    "organization": lambda value: Q(publisher__slug=names.publisher(value)),
    "owner_org": lambda value: Q(publisher__slug=names.publisher(value)),
    "groups": lambda value: Q(themes__contains=[value.upper()]),
    "tags": lambda value: Q(keywords__contains=[value]),
    "res_format": lambda value: Q(entry__formats__contains=[value.upper()]),
    "license_id": _licence,
    "hvd_category": lambda value: Q(hvd=value.rpartition("/")[2]),
}
