"""How far our form has drifted from a FIM data schema: question by question."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.forms import compare
from stadtkern.kernel.cases.forms.definition import Definition, Field, FormProblem, Step, read
from stadtkern.kernel.cases.forms.xdf import NotXdf, taken_from
from stadtkern.kernel.cases.models import Form, FormVersion
from stadtkern.kernel.people.models import Account
from stadtkern.systems.service_reuse.models import Candidate, Drift

LARGEST = 5_000_000


class NotComparable(Exception):
    """The two cannot be compared; the message says what to do."""


def published_form(candidate: Candidate) -> FormVersion | None:
    """The published version of our own form for the candidate's service."""
    forms = Form.objects.filter(service=candidate.service_id)
    return (
        FormVersion.objects.filter(form__in=forms, state="published")
        .select_related("form").order_by("-published").first()
    )  # fmt: skip


def report(candidate: Candidate, content: bytes, name: str, *, actor: Account | str) -> Drift:
    """Compare our published form with an XDatenfelder file. Raises NotComparable."""
    if len(content) > LARGEST:
        raise NotComparable(_("This file is larger than 5 MB. Is it a FIM data schema?"))
    version = published_form(candidate)
    if version is None:
        raise NotComparable(_("We have no published form for this service to compare with."))
    try:
        taken = taken_from(content)
    except (NotXdf, FormProblem) as fault:
        text = _("This is no data schema in XDatenfelder 2 or 3: %(fault)s")
        raise NotComparable(text % {"fault": fault}) from fault
    found = differences(read(version.definition), taken.definition)
    row = Drift.objects.create(
        candidate=candidate, form=version.form.slug, version=version.number,
        schema=taken.schema_uri[:120], file=name[:200], differences=found["differences"],
        same=found["same"], by=actor if isinstance(actor, str) else actor.username,
    )  # fmt: skip
    record(actor, "service_reuse.drift", candidate, form=row.form, schema=row.schema)
    return row


def differences(ours: Definition, theirs: Definition) -> dict[str, Any]:
    """What only one of them asks, and what both ask in another way.

    Questions are the same where they have the same FIM id. How they are spread over pages is left
    out: a form may ask in another order than its schema is built.
    """
    left, right = _asked(ours), _asked(theirs)
    found = [asdict(one) for one in compare.differences(_bare(left), _bare(right))]
    touched = {one["where"] for one in found if one["kind"] == "changed"}
    told = [{**one, "text": _title(one["kind"], one["where"], left, right) or one["text"]}
            for one in found]  # fmt: skip
    return {"differences": told, "same": len((left.keys() & right.keys()) - touched)}


def _asked(definition: Definition) -> dict[str, "Field"]:
    """The questions by FIM id; those without one by their own, so that they stand alone."""
    fields = definition.fields().values()
    return {one.fim or f"own.{one.id}": one for one in fields if one.kind != "note"}


def _title(kind: str, where: str, left: dict[str, Field], right: dict[str, Field]) -> str:
    found = {"added": right, "removed": left}.get(kind, {}).get(where)
    return found.title.get("de", "") if found else ""


def _bare(fields: dict[str, Field]) -> Definition:
    """Only what a data schema says of a question, all of them on one page."""
    bare = tuple(
        Field(id=name, kind=one.kind, title={"de": one.title.get("de", "")},
              required=one.required, options=one.options, longest=one.longest,
              pattern=one.pattern, low=one.low, high=one.high)
        for name, one in sorted(fields.items())
    )  # fmt: skip
    return Definition(title={"de": "x"}, steps=(Step(id="all", title={"de": "x"}, fields=bare),))
