"""The steps in which a project is written, and how each becomes a part of its content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from stadtkern.systems.projects import content as documents
from stadtkern.systems.projects.content import Content, Text
from stadtkern.systems.projects.staff import fields

ENGLISH: Final = ("title_en", "summary_en", "text_en")
MOST_ROWS: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """A list within the content, with one row more than there is."""

    name: str
    title: Text
    form: type[forms.Form]
    row: type[documents.Struct]
    extra: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One page of the guided form."""

    slug: str
    title: Text
    form: type[forms.Form] | None = None
    rows: tuple[Rows, ...] = ()


PICTURES: Final = Rows(
    name="pictures", title=_("Pictures"), form=fields.ShownForm, row=documents.Shown, extra=0
)
STEPS: Final = (
    Step(slug="words", title=_("Texts"), form=fields.WordsForm),
    Step(slug="facts", title=_("Theme, status and contact"), form=fields.FactsForm),
    Step(slug="places", title=_("Places"), form=fields.WhereForm, rows=(
        Rows(name="spots", title=_("Places"), form=fields.SpotForm, row=documents.Spot),
    )),
    Step(slug="partners", title=_("Partners and money"), form=fields.BudgetForm, rows=(
        Rows(name="partners", title=_("Partners"), form=fields.PartnerForm,
             row=documents.Partner),
        Rows(name="funding", title=_("Funding"), form=fields.FundingForm, row=documents.Funding),
    )),
    Step(slug="figures", title=_("Figures"), rows=(
        Rows(name="indicators", title=_("Figures"), form=fields.IndicatorForm,
             row=documents.Indicator),
    )),
    Step(slug="news", title=_("Steps, news and links"), rows=(
        Rows(name="milestones", title=_("Steps"), form=fields.MilestoneForm,
             row=documents.Milestone),
        Rows(name="news", title=_("News"), form=fields.NewsForm, row=documents.News),
        Rows(name="links", title=_("Links"), form=fields.LinkForm, row=documents.Link),
    )),
)  # fmt: skip
BY_SLUG: Final = {step.slug: step for step in STEPS}


class Sheet:
    """One step as it is filled in: its form, and its lists of rows."""

    def __init__(self, step: Step, content: Content, data: Mapping[str, Any] | None) -> None:
        self.step = step
        told = {name: getattr(content, name) for name in content.__struct_fields__}
        self.form = step.form(data, initial=told) if step.form else None
        self.lists = [(one, formset(one, content, data)) for one in step.rows]

    def is_valid(self) -> bool:
        """Whether all of it can be saved; asks every part, so that all errors are shown."""
        form = self.form is None or self.form.is_valid()
        return all([form, *(found.is_valid() for _rows, found in self.lists)])

    def apply(self, content: Content) -> Content:
        """The content with what was entered here."""
        said = dict(self.form.cleaned_data) if self.form else {}
        fits = said.pop("english_fits", False)
        for name in ("themes", "systems", "measures"):
            if name in said:
                said[name] = tuple(said[name])
        for rows, found in self.lists:
            said[rows.name] = rows_of(rows, found)
        after = msgspec.structs.replace(content, **said)
        reworded = any(getattr(after, name) != getattr(content, name) for name in ENGLISH)
        if fits or reworded:
            after = msgspec.structs.replace(after, english_for=after.german)
        return after


def formset(rows: Rows, content: Content, data: Mapping[str, Any] | None) -> Any:
    """The rows that there are, and empty ones at the end."""
    made = forms.formset_factory(
        rows.form, extra=rows.extra, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS
    )
    initial = [msgspec.structs.asdict(one) for one in getattr(content, rows.name)]
    return made(data, initial=initial, prefix=rows.name)


def rows_of(rows: Rows, found: Any) -> tuple[documents.Struct, ...]:
    """The rows that were filled in and not deleted, in their order."""
    kept: Sequence[dict[str, Any]] = [
        dict(one.cleaned_data) for one in found
        if (one.has_changed() or one.initial) and not one.cleaned_data.get("DELETE")
    ]  # fmt: skip
    return tuple(rows.row(**{k: v for k, v in one.items() if k != "DELETE"}) for one in kept if one)
