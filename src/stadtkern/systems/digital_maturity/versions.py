"""Maturity models as versions: loaded from files, edited as drafts, published, made current."""

from pathlib import Path
from typing import Any, Final

import msgspec
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity import probes, soundness
from stadtkern.systems.digital_maturity.definition import Definition
from stadtkern.systems.digital_maturity.models import MaturityModel

FOLDER: Final = Path(__file__).parent / "model_files"
CURRENT: Final = ("ozg", "1.1")
Actor = Account | str


class NotSound(Exception):
    """A model cannot be published; `texts` say what is wrong."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__(" ".join(texts))
        self.texts = texts


@transaction.atomic
def load(actor: Actor = "system:digital_maturity") -> int:
    """Publish the models of the files that are not there in any revision; how many."""
    made = 0
    for path in sorted(FOLDER.glob("*.toml")):
        told = documents.read_toml(path)
        if not MaturityModel.objects.filter(slug=told.slug, version=told.version).exists():
            publish(_row(told, 1, actor).pk, actor=actor)
            made += 1
    if made and not MaturityModel.objects.filter(current=True).exists():
        slug, version = CURRENT
        first = MaturityModel.objects.published().filter(slug=slug, version=version).first()
        if first is not None:
            make_current(first.pk, actor=actor)
    return made


def _row(told: Definition, revision: int, actor: Actor) -> MaturityModel:
    name = actor if isinstance(actor, str) else actor.username
    return MaturityModel.objects.create(
        slug=told.slug, version=told.version, revision=revision, valid_from=told.valid_from,
        definition=documents.write(told), made_by=name,
    )  # fmt: skip


@transaction.atomic
def draft_of(number: int, *, actor: Actor) -> MaturityModel:
    """The draft of a model's next revision: the one that is there, or a copy."""
    base = get_object_or_404(MaturityModel.objects.select_for_update(), pk=number)
    same = MaturityModel.objects.filter(slug=base.slug, version=base.version)
    draft = same.filter(state="draft").first()
    if draft is not None:
        return draft
    last = max(same.values_list("revision", flat=True))
    made = _row(documents.read(base.definition), last + 1, actor)
    record(actor, "digital_maturity.model_draft", made, model=str(made))
    return made


def read_text(text: str) -> Definition:
    """A definition from what somebody has typed. Raises NotSound with the place of the fault."""
    try:
        return documents.read(msgspec.json.decode(text.encode()))
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError) as fault:
        raise NotSound([_("This is not a model yet: %(fault)s") % {"fault": fault}]) from fault


@transaction.atomic
def change(number: int, told: Definition, note: str, *, actor: Actor) -> MaturityModel:
    """Keep another definition in a draft. It stays the same model and version."""
    draft = get_object_or_404(MaturityModel.objects.select_for_update(), pk=number, state="draft")
    if (told.slug, told.version) != (draft.slug, draft.version):
        raise NotSound([_("Name and version of a model stay. Import it as a new model instead.")])
    draft.definition, draft.note = documents.write(told), note[:300]
    draft.valid_from = told.valid_from
    draft.save()
    record(actor, "digital_maturity.model_change", draft, model=str(draft))
    return draft


@transaction.atomic
def publish(number: int, *, actor: Actor) -> MaturityModel:
    """The draft takes the place of the revision before. Raises NotSound."""
    draft = get_object_or_404(MaturityModel.objects.select_for_update(), pk=number, state="draft")
    wrong = soundness.problems(documents.read(draft.definition), probes.NAMES)
    if wrong:
        raise NotSound(wrong)
    before = MaturityModel.objects.published().filter(slug=draft.slug, version=draft.version)
    was_current = before.filter(current=True).exists()
    before.update(state="retired", current=False)
    draft.state, draft.published, draft.current = "published", clock.now(), was_current
    draft.save(update_fields=["state", "published", "current"])
    record(actor, "digital_maturity.model_publish", draft, model=str(draft))
    return draft


@transaction.atomic
def make_current(number: int, *, actor: Actor) -> MaturityModel:
    """Measure by this model from now on. Raises NotSound where nothing can be measured by it."""
    model = get_object_or_404(MaturityModel.objects.select_for_update(), pk=number,
                              state="published")  # fmt: skip
    if not documents.read(model.definition).usable:
        raise NotSound([_("This model has no criteria yet, so nothing can be measured by it.")])
    MaturityModel.objects.filter(current=True).update(current=False)
    model.current = True
    model.save(update_fields=["current"])
    record(actor, "digital_maturity.model_current", model, model=str(model))
    return model


@transaction.atomic
def take_in(told: Definition, *, actor: Actor) -> MaturityModel:
    """An imported definition as the draft of its version's next revision."""
    same = MaturityModel.objects.filter(slug=told.slug, version=told.version)
    draft = same.filter(state="draft").first()
    if draft is None:
        draft = _row(told, max(same.values_list("revision", flat=True), default=0) + 1, actor)
    return change(draft.pk, told, _("imported"), actor=actor)


def described(model: MaturityModel) -> dict[str, Any]:
    """The model as JSON that can be imported elsewhere."""
    return documents.write(documents.read(model.definition))
