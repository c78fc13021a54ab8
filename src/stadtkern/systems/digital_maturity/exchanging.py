"""Assessments as JSON and CSV, out and in. What comes in is a draft that a person confirms."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.models import Account
from stadtkern.systems.digital_maturity import assessing, proposing
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity.definition import Definition
from stadtkern.systems.digital_maturity.models import Assessment, MaturityModel
from stadtkern.systems.digital_maturity.picture import Standing

FORMAT = "stadtkern-maturity-1"
LARGEST = 5_000_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Answer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One answer of a file."""

    value: str
    note: str = ""
    url: str = ""


class Row(msgspec.Struct, kw_only=True):
    """One service of a file; found by its official key, else by its short name."""

    service: str
    leika: str = ""
    gateway: bool | None = None
    answers: dict[str, Answer] = {}
    reasons: dict[str, str] = {}


class File(msgspec.Struct, kw_only=True):
    """A whole file."""

    format: str
    model: str
    version: str
    assessments: list[Row]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What an import would do: drafts by service, and what it cannot take, in words."""

    model: MaturityModel
    rows: tuple[tuple[Service, Row], ...]
    problems: tuple[str, ...]


class NotReadable(Exception):
    """The file is none of ours; the message says what to do."""


def as_json(model: MaturityModel) -> dict[str, Any]:
    """All complete assessments by this model, with answers and evidence, without people."""
    rows = Assessment.objects.complete().filter(scale=model.slug, model__version=model.version)
    return {
        "format": FORMAT, "model": model.slug, "version": model.version,
        "exported": clock.now().isoformat(),
        "assessments": [_exported(one) for one in rows.select_related("service").order_by(
            "service__slug")],
    }  # fmt: skip


def _exported(one: Assessment) -> dict[str, Any]:
    kept = ("value", "note", "url")
    return {
        "service": one.service.slug, "leika": one.service.leika, "title": one.service.title,
        "level": one.level, "scores": one.scores, "gateway": one.gateway,
        "completed": one.completed.isoformat() if one.completed else None,
        "stale": one.stale_since is not None, "invented": one.invented, "reasons": one.reasons,
        "answers": {name: {key: said[key] for key in kept if said.get(key)}
                    for name, said in one.answers.items()},
    }  # fmt: skip


def as_csv(rows: Iterable[Standing], definition: Definition) -> str:
    """One line for each service: level, the level of each criterion, cases, age."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    numbers = [one.number for one in definition.criteria]
    writer.writerow(["service", "title", "office", "yearly", "level", "stale", "completed",
                     *(f"criterion_{no}" for no in numbers)])  # fmt: skip
    for one in rows:
        day = one.completed.date().isoformat() if one.completed else ""
        scores = [one.scores.get(no) for no in numbers]
        writer.writerow([
            one.slug, plain(one.title), plain(one.office), _cell(one.yearly), _cell(one.level),
            "yes" if one.stale else "no", day, *map(_cell, scores),
        ])  # fmt: skip
    return out.getvalue()


def plain(text: str) -> str:
    """A text that no table program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _cell(value: int | None) -> str:
    return "" if value is None else str(value)


def plan(content: bytes, name: str) -> Plan:
    """What an import of this file would do; nothing is written. Raises NotReadable."""
    if len(content) > LARGEST:
        raise NotReadable(_("This file is larger than 5 MB. Divide it."))
    told = _from_csv(content) if name.lower().endswith(".csv") else _from_json(content)
    model = MaturityModel.objects.published().filter(slug=told.model, version=told.version).first()
    if model is None:
        text = _("No model “%(model)s %(version)s” is published here. Import the model first.")
        raise NotReadable(text % {"model": told.model, "version": told.version})
    return _planned(model, told)


def _from_json(content: bytes) -> File:
    try:
        told = msgspec.json.decode(content, type=File)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError) as fault:
        raise NotReadable(
            _("This is no file of assessments: %(fault)s") % {"fault": fault}
        ) from fault
    if told.format != FORMAT:
        raise NotReadable(_("This file has another format: %(name)s.") % {"name": told.format[:40]})
    return told


def _from_csv(content: bytes) -> File:
    """Lines `service;question;value;note`; the current model is meant."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeError as fault:
        raise NotReadable(_("Save the table as UTF-8, please.")) from fault
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    if not lines or not {"service", "question", "value"} <= set(lines[0]):
        raise NotReadable(_("The table needs the columns service, question and value, with ;."))
    model = assessing.current_model()
    rows: dict[str, Row] = {}
    for line in lines:
        row = rows.setdefault(line["service"] or "", Row(service=line["service"] or "", answers={}))
        row.answers[line["question"] or ""] = Answer(value=line["value"] or "",
                                                     note=line.get("note") or "")  # fmt: skip
    return File(format=FORMAT, model=model.slug if model else "", version=model.version if model
                else "", assessments=list(rows.values()))  # fmt: skip


def _planned(model: MaturityModel, told: File) -> Plan:
    definition = documents.read(model.definition)
    by_key = {one.leika: one for one in Service.objects.filter(active=True).exclude(leika="")}
    by_slug = {one.slug: one for one in Service.objects.filter(active=True)}
    busy = set(Assessment.objects.filter(scale=model.slug, state="draft").values_list(
        "service_id", flat=True))  # fmt: skip
    rows: list[tuple[Service, Row]] = []
    problems: list[str] = []
    for row in told.assessments:
        service = by_key.get(row.leika) or by_slug.get(row.service)
        if service is None:
            problems.append(_("“%(name)s” is not in the catalogue.") % {"name": row.service[:80]})
        elif service.pk in busy or any(service.pk == known.pk for known, _row in rows):
            problems.append(_("“%(name)s” is being assessed already.") % {"name": service.title})
        else:
            problems += [f"{service.title}: {text}" for text in _wrong(row, definition)]
            rows.append((service, row))
    return Plan(model=model, rows=tuple(rows), problems=tuple(problems))


def _wrong(row: Row, definition: Definition) -> Iterator[str]:
    known = definition.questions()
    for name, said in row.answers.items():
        if name not in known:
            yield _("the model has no question “%(name)s”.") % {"name": name[:40]}
        elif said.value not in {option.value for option in known[name].options}:
            yield _("“%(value)s” is no answer to “%(name)s”.") % {
                "value": said.value[:40],
                "name": name,
            }


@transaction.atomic
def take(told: Plan, *, actor: Account | str) -> int:
    """Make the drafts of a plan; what is not known is left out. How many."""
    definition = documents.read(told.model.definition)
    services = [service for service, _row in told.rows]
    assessing.begin_all(services, told.model, actor)
    drafts = {one.service_id: one for one in Assessment.objects.filter(
        service__in=services, scale=told.model.slug, state="draft")}  # fmt: skip
    for service, row in told.rows:
        draft = drafts[service.pk]
        draft.answers = _taken(draft.answers, row, definition)
        draft.reasons = proposing.reasons(definition, draft.answers, row.reasons)
        draft.gateway = row.gateway if row.gateway is not None else draft.gateway
    Assessment.objects.bulk_update(drafts.values(), ["answers", "reasons", "gateway"])
    record(actor, "digital_maturity.import", told.model, assessments=len(drafts))
    return len(drafts)


def _taken(known: Mapping[str, Any], row: Row, definition: Definition) -> dict[str, Any]:
    """The file's answers beside what the probes see; none of them is confirmed."""
    found = {name: dict(one) for name, one in known.items()}
    for name, question in definition.questions().items():
        said = row.answers.get(name)
        if said is not None and said.value in {option.value for option in question.options}:
            by = "probe" if found.get(name, {}).get("proposed") == said.value else "import"
            url = said.url[:500] if said.url.startswith(("http://", "https://")) else ""
            fresh = {"value": said.value, "by": by, "confirmed": False, "url": url}
            found[name] = {**found.get(name, {}), **fresh, "note": said.note[:1000]}
    return found
