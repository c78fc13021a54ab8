"""From a draft to the version that people fill in, and what of a form there is."""

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms.parts import Definition
from stadtkern.kernel.cases.models import BackOffice, Form, FormVersion, Service
from stadtkern.kernel.people.models import Account, Department

SYSTEM: Final = "system"


class NotPublished(Exception):
    """A draft that cannot be published; the text says why."""


def publish(version: FormVersion, actor: Account | str, *, why: str = "") -> FormVersion:
    """Make a draft the version that people fill in; the one before is retired, and stays.

    Running cases keep theirs. Raises NotPublished and FormProblem.
    """
    with transaction.atomic():
        Form.objects.select_for_update().get(pk=version.form_id)
        row = FormVersion.objects.select_for_update().get(pk=version.pk)
        if row.state != "draft":
            raise NotPublished(_("Only a draft can be published. Begin a new one."))
        made = door.read(row.definition)
        row.form.versions.filter(state="published").update(state="retired", changed=clock.now())
        row.state, row.published, row.changed = "published", clock.now(), clock.now()
        row.note = why[:300] or row.note
        row.save(update_fields=["state", "published", "changed", "note"])
        _titled(row.form, made)
        record(actor, "forms.publish", row.form, version=row.number)
    return row


def draft_of(form: Form, actor: Account | None) -> FormVersion:
    """The draft of a form; a copy of the newest version where there is none."""
    with transaction.atomic():
        Form.objects.select_for_update().get(pk=form.pk)
        if known := form.versions.filter(state="draft").first():
            return known
        last = form.versions.order_by("-number").first()
        return FormVersion.objects.create(
            form=form, number=(last.number if last else 0) + 1, made_by=actor,
            definition=last.definition if last else {},
            schema_uri=last.schema_uri if last else "",
            schema_source=last.schema_source if last else "",
        )  # fmt: skip


def published(slug: str) -> FormVersion | None:
    """The version of a form that people fill in now."""
    rows = FormVersion.objects.select_related("form__service", "form__department")
    return rows.filter(form__slug=slug, state="published").first()


def load(
    slug: str, definition: Definition | dict[str, Any], *, service: Service | None,
    department: Department, back_office: BackOffice | None = None, note: str = "",
    schema_uri: str = "",
) -> FormVersion:  # fmt: skip
    """A form with this definition, published; the same again changes nothing. Raises FormProblem.

    For forms that come with a system. What staff changed since stays: a draft of theirs is left
    alone, and a version that they published is not replaced.
    """
    made = definition if isinstance(definition, Definition) else door.read(definition)
    written = door.write(made)
    with transaction.atomic():
        form, _new = Form.objects.get_or_create(
            slug=slug,
            defaults={"title": made.title["de"], "title_en": made.title.get("en", ""),
                      "service": service, "department": department,
                      "back_office": back_office},
        )  # fmt: skip
        Form.objects.select_for_update().get(pk=form.pk)
        live = form.versions.filter(state="published").first()
        if live and (live.definition == written or live.made_by_id is not None):
            return live
        draft = form.versions.filter(state="draft").first()
        if live and draft:
            return live
        row = draft or FormVersion(form=form, number=_next(form))
        row.definition, row.schema_uri, row.note = written, schema_uri, note[:300]
        row.save()
        return publish(row, SYSTEM)


def _next(form: Form) -> int:
    last = form.versions.order_by("-number").first()
    return last.number + 1 if last else 1


def _titled(form: Form, made: Definition) -> None:
    form.title, form.title_en = made.title["de"][:200], made.title.get("en", "")[:200]
    form.save(update_fields=["title", "title_en"])


def drop_draft(form: Form, actor: Account) -> bool:
    """Throw the draft away; False where it is the only version, or there is none."""
    with transaction.atomic():
        Form.objects.select_for_update().get(pk=form.pk)
        row = form.versions.filter(state="draft").first()
        if row is None or form.versions.count() == 1:
            return False
        record(actor, "forms.drop", form, version=row.number)
        row.delete()
    return True


def restore(version: FormVersion, actor: Account) -> FormVersion:
    """A new draft that is as an earlier version was. Raises NotPublished where there is a draft."""
    with transaction.atomic():
        form = Form.objects.select_for_update().get(pk=version.form_id)
        if form.versions.filter(state="draft").exists():
            raise NotPublished(_("There is a draft already. Publish it or throw it away first."))
        record(actor, "forms.restore", form, version=version.number)
        return FormVersion.objects.create(
            form=form, number=_next(form), definition=version.definition, made_by=actor,
            schema_uri=version.schema_uri, schema_source=version.schema_source,
        )  # fmt: skip


def bring(
    form: Form, definition: Definition, actor: Account | None, *, schema_uri: str = "",
    source: str = "",
) -> FormVersion:  # fmt: skip
    """Make this definition the draft of a form, in place of a draft that is there."""
    with transaction.atomic():
        Form.objects.select_for_update().get(pk=form.pk)
        row = form.versions.filter(state="draft").first() or FormVersion(
            form=form, number=_next(form), made_by=actor
        )
        row.definition, row.changed = door.write(definition), clock.now()
        row.schema_uri, row.schema_source = schema_uri[:300], source
        row.save()
    return row
