"""The form in which people correct how a file is read."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.systems.statistics.models import Dimension
from stadtkern.systems.statistics.reading import guess
from stadtkern.systems.statistics.reading.extract import letter
from stadtkern.systems.statistics.reading.grid import Grid
from stadtkern.systems.statistics.reading.model import Column, Dim, Reading

ROLES = (
    ("skip", gettext_lazy("leave out")),
    ("key", gettext_lazy("says what the row is about")),
    ("code", gettext_lazy("key (code) of what stands beside it")),
    ("value", gettext_lazy("numbers")),
)
SPARE = 2


class MappingForm(forms.Form):
    """Rows, columns, headings and dimensions of a file. Spare dimensions can be named."""

    head_first = forms.IntegerField(label=gettext_lazy("First heading row (0: none)"), min_value=0)
    head_last = forms.IntegerField(label=gettext_lazy("Last heading row"), min_value=0)
    first = forms.IntegerField(label=gettext_lazy("First row of numbers"), min_value=1)
    last = forms.IntegerField(label=gettext_lazy("Last row of numbers"), min_value=1)
    decimal = forms.ChoiceField(
        label=gettext_lazy("Decimal sign"), choices=[(",", "1.234,5"), (".", "1,234.5")]
    )
    when = forms.CharField(
        label=gettext_lazy("Date of all numbers, where no column has one"), required=False,
        max_length=20, help_text=gettext_lazy("For example 2014 or 31.12.2014."),
    )  # fmt: skip
    where = forms.CharField(
        label=gettext_lazy("Area of all numbers, where no column has one"), required=False,
        max_length=200, help_text=gettext_lazy("Key and name, for example 05916 Herne."),
    )  # fmt: skip
    keep = forms.BooleanField(
        label=gettext_lazy("Keep earlier numbers that this file does not have"), required=False
    )

    def __init__(self, reading: Reading, data: Mapping[str, Any] | None = None) -> None:
        plain = {name: getattr(reading, name) for name in (
            "head_first", "head_last", "first", "last", "decimal", "when", "where", "keep",
        )}  # fmt: skip
        super().__init__(data, initial=plain)
        self.before = reading
        self.dims = [*reading.dims, *(Dim(slug=f"neu-{n}", title="") for n in range(1, SPARE + 1))]
        self._add_dims()
        slugs = [("", "–"), *((one.slug, one.title or one.slug) for one in self.dims)]
        for i, column in enumerate(reading.columns):
            name = letter(i)
            title = f"{name} {column.heading}".strip()
            self.fields[f"role-{i}"] = forms.ChoiceField(
                label=_("%(column)s holds") % {"column": title}, choices=ROLES, initial=column.role
            )
            self.fields[f"of-{i}"] = forms.ChoiceField(
                label=_("%(column)s belongs to") % {"column": title}, choices=slugs,
                required=False, initial=column.dimension,
            )  # fmt: skip
        for i, slug in enumerate(reading.levels):
            self.fields[f"level-{i}"] = forms.ChoiceField(
                label=_("Heading row %(row)d means") % {"row": reading.head_first + i},
                choices=slugs, required=False, initial=slug,
            )  # fmt: skip

    def _add_dims(self) -> None:
        for i, one in enumerate(self.dims):
            self.fields[f"dim-title-{i}"] = forms.CharField(
                label=_("Name of dimension %(number)d") % {"number": i + 1}, required=False,
                max_length=100, initial=one.title,
            )  # fmt: skip
            self.fields[f"dim-kind-{i}"] = forms.ChoiceField(
                label=_("Dimension %(number)d is") % {"number": i + 1},
                choices=list(Dimension.KINDS.items()), initial=one.kind,
            )  # fmt: skip

    def rows(self) -> Iterator[Any]:
        """The fields about rows and signs."""
        return (self[name] for name in self.base_fields)

    def columns(self) -> Iterator[tuple[Any, Any]]:
        """For each column: what it holds, and what it belongs to."""
        return ((self[f"role-{i}"], self[f"of-{i}"]) for i in range(len(self.before.columns)))

    def levels(self) -> Iterator[Any]:
        """For each heading row: what it means."""
        return (self[f"level-{i}"] for i in range(len(self.before.levels)))

    def dimensions(self) -> Iterator[tuple[Any, Any]]:
        """For each dimension: its name and kind."""
        return ((self[f"dim-title-{i}"], self[f"dim-kind-{i}"]) for i in range(len(self.dims)))

    def reading(self, grid: Grid) -> Reading:
        """The reading that was entered; headings are read anew where their rows changed."""
        said = self.cleaned_data
        made = Reading(sheet=self.before.sheet, **{name: said[name] for name in self.base_fields})
        names = {"": ""}
        for i, one in enumerate(self.dims):
            title = said[f"dim-title-{i}"].strip()
            if title:
                spare = i >= len(self.before.dims)
                slug = (slugify(title)[:36] or one.slug) if spare else one.slug
                names[one.slug] = slug
                made.dims.append(Dim(slug=slug, title=title, kind=said[f"dim-kind-{i}"]))
        made.columns = [
            Column(role=said[f"role-{i}"], dimension=names.get(said[f"of-{i}"], ""))
            for i in range(len(self.before.columns))
        ]
        for i, column in enumerate(made.columns):
            if column.role in ("skip", "value"):
                column.dimension = ""
            column.heading = guess.heading(grid, made, i)
        count = made.head_last - made.head_first + 1 if made.head_first else 0
        old = [names.get(said[f"level-{i}"], "") for i in range(len(self.before.levels))]
        made.levels = [*old, *[""] * max(0, count - len(old))][: max(0, count)]
        return made
