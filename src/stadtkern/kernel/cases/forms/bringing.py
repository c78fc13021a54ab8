"""A form from a file, JSON or XDatenfelder, as the draft of a form."""

import json
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.forms.xdf import NotXdf, Taken, taken_from
from stadtkern.kernel.cases.models import Form, FormVersion
from stadtkern.kernel.people.models import Account, Department

LARGEST: Final = 5_000_000


class NoHome(Exception):
    """A new form needs an office; the text says so."""


def read_file(content: bytes) -> Taken:
    """A form from a file. Raises FormProblem and NotXdf."""
    if len(content) > LARGEST:
        raise NotXdf(_("The file is larger than 5 MB. That is no form."))
    if content.lstrip()[:1] != b"{":
        return taken_from(content)
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise NotXdf(_("This is not complete JSON.")) from problem
    return Taken(definition=door.read(told))


def into(
    slug: str, content: bytes, *, department: str = "", actor: Account | None = None
) -> tuple[FormVersion, Taken]:
    """Make the file the draft of the form with this slug, a new one in an office if need be.

    Raises FormProblem, NotXdf, NoHome.
    """
    taken = read_file(content)
    with transaction.atomic():
        form = Form.objects.filter(slug=slug).first() or _new(slug, taken, department)
        version = publish.bring(form, taken.definition, actor, schema_uri=taken.schema_uri,
                                source=taken.source)  # fmt: skip
        record(actor or publish.SYSTEM, "forms.import", form, schema=taken.schema_uri[:200])
    return version, taken


def _new(slug: str, taken: Taken, department: str) -> Form:
    home = Department.objects.filter(slug=department).first()
    if home is None:
        raise NoHome(_("There is no form “%(slug)s”. For a new one, name its office.")
                     % {"slug": slug})  # fmt: skip
    title = taken.definition.title
    return Form.objects.create(slug=slug, department=home, title=title["de"][:200],
                               title_en=title.get("en", "")[:200])  # fmt: skip
