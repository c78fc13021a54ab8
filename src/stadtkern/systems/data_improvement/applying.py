"""Accepted proposals become a recipe, and the recipe a new version of the improved table."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.files import covering
from stadtkern.kernel.catalogue.models import Dataset, Resource, Version
from stadtkern.kernel.catalogue.tables import write
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.data_improvement import examining, recipes, sources, wording
from stadtkern.systems.data_improvement.finding.filling import SEED
from stadtkern.systems.data_improvement.finding.themes import SHORT
from stadtkern.systems.data_improvement.models import Examination, Improvement, Proposal
from stadtkern.systems.data_improvement.recipes import Misfit, Outcome, Recipe, Step

KEPT = 10
SHOWN = 200
DESCRIBED = ("meaning", "record", "link")


class NothingToDo(Exception):
    """There is no accepted proposal; the message says so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What a recipe does to the rows of today, without anything being stored."""

    outcome: Outcome
    version: int
    same_source: bool


def recipe_of(examination: Examination) -> Recipe:
    """All accepted proposals in their order. Raises NothingToDo."""
    accepted = list(examination.proposals.accepted())
    if not accepted:
        raise NothingToDo(_("Accept at least one proposal first."))
    columns, rows = examining.columns_of(examination), examining.rows_of(examination)
    steps = [_step(one) for one in accepted]
    place = next((n for n, one in enumerate(columns) if one.slug == examination.key), None)
    touched = sorted({cell[0] for step in steps for cell in step.cells})
    keys = [] if place is None else [(number, rows[number - 1][place]) for number in touched]
    source = recipes.Source(
        dataset=examination.dataset.slug, version=examination.version, rows=len(rows),
        resource=examination.resource.slug if examination.resource else examination.observed,
        digest=examination.digest, key=examination.key, keys=keys,
    )  # fmt: skip
    recipe = Recipe(
        source=source, columns=columns, steps=steps, code=examination.code, seed=SEED,
        packages=examination.packages,
    )  # fmt: skip
    outcome = recipes.replay(recipe, columns, rows)
    result = {"rows": len(outcome.rows), "digest": recipes.digest_of(outcome.rows)}
    return msgspec.structs.replace(recipe, result=result)


def _step(one: Proposal) -> Step:
    to = dict(one.to)
    if "meaning" in to:
        about, about_en = wording.ABOUT[to["meaning"]]
        to = {"about": about, "about_en": about_en, **to}
    with override("de"):
        reason = wording.reason(one)
    at = one.decided.isoformat(timespec="seconds") if one.decided else ""
    return Step(
        action=one.action, kind=one.kind, method=one.method, column=one.column,
        cells=[tuple(cell) for cell in one.cells], to=to, reason=reason, said=one.said,
        confidence=one.confidence, parameters=one.parameters, accepted=at,
    )  # fmt: skip


def apply(who: Any, examination: Examination) -> Improvement:
    """Write the improved table beside the original, with its lineage. Raises NothingToDo."""
    recipe = recipe_of(examination)
    columns, rows = examining.columns_of(examination), examining.rows_of(examination)
    return _published(who, examination, recipe, recipes.replay(recipe, columns, rows))


def again(who: Any, improvement: Improvement) -> Improvement:
    """Apply a recipe to the source as it is now; what does not fit is left out and told."""
    trial = tried(improvement)
    recipe = recipes.read(improvement.recipe)
    snapshot = examining.snapshot_of(improvement.examination)
    result = {"rows": len(trial.outcome.rows), "digest": recipes.digest_of(trial.outcome.rows)}
    newer = msgspec.structs.replace(
        recipe, columns=snapshot.columns, result=result,
        source=msgspec.structs.replace(
            recipe.source, version=snapshot.version, rows=len(snapshot.rows), digest=snapshot.digest
        ),
    )  # fmt: skip
    with transaction.atomic():
        kept = Examination.objects.create(
            dataset=improvement.dataset, resource=improvement.examination.resource,
            observed=improvement.examination.observed, days=improvement.examination.days,
            title=improvement.title, version=snapshot.version, digest=snapshot.digest,
            columns=msgspec.to_builtins(snapshot.columns), rows=sources.packed(snapshot.rows),
            count=len(snapshot.rows), key=snapshot.key, state=Examination.DONE, code=recipe.code,
            packages=recipe.packages, finished=clock.now(), by=_name(who),
        )  # fmt: skip
        return _published(who, kept, newer, trial.outcome)


def tried(improvement: Improvement) -> Trial:
    """The recipe on the source as it is now. Raises examining.Failed and sources.TooLarge."""
    recipe = recipes.read(improvement.recipe)
    snapshot = examining.snapshot_of(improvement.examination)
    return Trial(
        outcome=recipes.replay(recipe, snapshot.columns, snapshot.rows), version=snapshot.version,
        same_source=snapshot.digest == recipe.source.digest,
    )  # fmt: skip


def is_the_same(improvement: Improvement) -> bool:
    """Whether the recipe on the kept rows gives, byte for byte, what is published."""
    recipe = recipes.read(improvement.recipe)
    rows = examining.rows_of(improvement.examination)
    digest = recipes.digest_of(recipes.replay(recipe, recipe.columns, rows).rows)
    version = Version.objects.filter(resource=improvement.resource, number=improvement.version)
    stored = version.values_list("digest", flat=True).first()
    return bool(digest == recipe.result["digest"] == stored)


def _name(who: Any) -> str:
    return who if isinstance(who, str) else f"account:{who.pk}"


@transaction.atomic
def _published(who: Any, examination: Examination, recipe: Recipe, outcome: Outcome) -> Improvement:
    dataset = Dataset.objects.select_for_update().get(pk=examination.dataset_id)
    resource = _beside(examination, dataset)
    Improvement.objects.filter(resource=resource, current=True).update(current=False)
    text = recipes.written(recipe)
    made = Improvement.objects.create(
        examination=examination, dataset=dataset, resource=resource, title=examination.title,
        recipe=text.decode(), digest=hashlib.sha256(text).hexdigest(), by=_name(who),
        changed=dict(outcome.changed), cells=cells_of(outcome.changed), links=_links(recipe),
        misfits=[_told(one) for one in outcome.misfits[:SHOWN]],
    )  # fmt: skip
    names = [one.slug for one in outcome.columns]
    rows = [dict(zip(names, row, strict=True)) for row in outcome.rows]
    version = write.write(resource, outcome.columns, rows, by=made.by, note=note_of(made.changed))
    version.lineage = _lineage(made, recipe, resource)
    version.save(update_fields=["lineage"])
    made.version = version.number
    made.save(update_fields=["version"])
    write.forget_old(resource, keep=KEPT)
    _describe(dataset, recipe)
    covering.cover(dataset)
    record(who, "data_improvement.apply", made, version=version.number, cells=made.cells)
    return made


def _beside(examination: Examination, dataset: Dataset) -> Resource:
    """The improved table of a table: its own resource, so that the original stays as it is."""
    of = examination.resource
    slug = (of.slug if of else examination.observed.replace("_", "-"))[:80] + sources.IMPROVED
    title = of.title if of else examination.title
    title_en = (of.title_en if of else "") or title
    about = _("Improved with proposals that a person accepted. The original table stays beside it.")
    return Resource.objects.update_or_create(
        dataset=dataset, slug=slug,
        defaults={"title": f"{title[:280]} (verbessert)",
                  "title_en": f"{title_en[:280]} (improved)", "about": about,
                  "position": (of.position if of else 50) + 1},
    )[0]  # fmt: skip


def cells_of(changed: Mapping[str, int]) -> int:
    """How many cells were changed; what was only described is none."""
    return sum(count for kind, count in changed.items() if kind not in DESCRIBED)


def _links(recipe: Recipe) -> list[Any]:
    return [{**step.to["link"], "said": step.said} for step in recipe.steps if "link" in step.to]


def _told(one: Misfit) -> list[Any]:
    return [one.step, one.row, one.column, one.expected, one.found]


def note_of(changed: Mapping[str, int]) -> str:
    """What was changed, in one line for the list of versions; in German, as notes are."""
    with override("de"):
        parts = [
            f"{wording.kind(kind)}: {figure(count)}" for kind, count in changed.items() if count
        ]
        return "; ".join(parts) or str(_("Description improved."))


def _lineage(made: Improvement, recipe: Recipe, resource: Resource) -> dict[str, Any]:
    """What the catalogue and its records tell of where these rows come from."""
    with override("de"):
        page = reverse("data_improvement:improvement", args=[made.pk])
        document = reverse("data_improvement:recipe", args=[made.pk])
        said = _sentence(made)
    with override("en"):
        said_en = _sentence(made)
    return {
        "resource": resource.slug.removesuffix(sources.IMPROVED)
        if made.examination.resource else "",
        "version": recipe.source.version, "digest": recipe.source.digest, "page": page,
        "document": document, "said": said, "said_en": said_en,
        "related": sorted({one["dataset"] for one in made.links}),
    }  # fmt: skip


def _sentence(made: Improvement) -> str:
    return ngettext(
        "Improved: %(count)s cell was changed by proposals that a person accepted.",
        "Improved: %(count)s cells were changed by proposals that a person accepted.",
        made.cells,
    ) % {"count": figure(made.cells)}


def _describe(dataset: Dataset, recipe: Recipe) -> None:
    """What was accepted of the dataset's record; systems and harvesters describe theirs."""
    if dataset.origin != Dataset.UPLOADED:
        return
    for step in recipe.steps:
        if step.kind != "record":
            continue
        to = step.to
        dataset.themes = list(dict.fromkeys([*dataset.themes, *to.get("themes", ())]))
        dataset.keywords = list(dict.fromkeys([*dataset.keywords, *to.get("keywords", ())]))
        dataset.hvd = dataset.hvd or to.get("hvd", "")
        # Somebody may have written a better one meanwhile.
        if len(dataset.about) < SHORT:
            dataset.about = to.get("about", dataset.about)
    dataset.modified = clock.now()
    dataset.save(update_fields=["themes", "keywords", "hvd", "about", "modified"])


@transaction.atomic
def withdraw(who: Any, improvement: Improvement) -> None:
    """Take the improved table out of the catalogue; recipe and decisions stay."""
    if improvement.resource_id:
        Resource.objects.filter(pk=improvement.resource_id).delete()
    Improvement.objects.filter(pk=improvement.pk).update(current=False, resource=None)
    record(who, "data_improvement.withdraw", improvement)
