"""The list of tables, a table, and what staff say about one."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.vocabulary import LICENCES, RHYTHMS
from stadtkern.kernel.people.access import staff
from stadtkern.systems.statistics.models import Edition, Table, Theme
from stadtkern.systems.statistics.staff.uploads import FileForm

if TYPE_CHECKING:
    TableFields = forms.ModelForm[Table]
else:
    TableFields = forms.ModelForm


class TableForm(TableFields):
    """What staff say about a table."""

    new_theme = forms.CharField(label=_("Or a new theme"), max_length=100, required=False)
    theme = forms.ModelChoiceField(Theme.objects.all(), label=_("Theme"), required=False)
    licence = forms.ChoiceField(
        label=_("Licence"), choices=[(k, one.title) for k, one in LICENCES.items() if one.open]
    )
    rhythm = forms.ChoiceField(label=_("New numbers come"), choices=list(RHYTHMS.items()))
    protection = forms.ChoiceField(
        label=_("Protection of small counts"), choices=list(Table.PROTECTIONS.items())
    )
    base = forms.TypedChoiceField(
        label=_("Round to multiples of"), choices=[(3, "3"), (5, "5")], coerce=int, initial=3
    )

    class Meta:
        model = Table
        fields = (
            "title", "title_en", "theme", "new_theme", "unit", "decimals", "source", "licence",
            "about", "about_en", "method", "keywords", "rhythm", "adds", "inhabitants", "invented",
            "protection", "threshold", "base", "family",
        )  # fmt: skip
        labels = {
            "title": _("Title"), "title_en": _("Title in English"), "unit": _("Unit"),
            "decimals": _("Decimal places"), "source": _("Source"), "about": _("What is counted"),
            "about_en": _("What is counted, in English"), "method": _("How it is counted"),
            "keywords": _("Other words people search for"),
            "adds": _("Counts: parts add up to a whole"),
            "inhabitants": _("This is the table of inhabitants for rates"),
            "invented": _("The numbers are invented, for a trial"),
            "threshold": _("Counts below this are small"),
            "family": _("Family of tables that count the same"),
        }  # fmt: skip
        help_texts = {
            "unit": _("For example: people, vehicles, %."),
            "source": _("Shown with every number, with the year if it has one."),
            "family": _("A short name. Its tables are protected together, since they could give "
                        "each other away."),
        }  # fmt: skip
        widgets = {
            "about": forms.Textarea({"rows": 3}), "about_en": forms.Textarea({"rows": 3}),
            "method": forms.Textarea({"rows": 3}),
        }  # fmt: skip

    def clean(self) -> dict[str, object]:
        """A theme is chosen or made; only counts can be protected."""
        said: dict[str, object] = super().clean() or self.cleaned_data
        if not said.get("theme") and not said.get("new_theme"):
            self.add_error("theme", _("Choose a theme, or name a new one."))
        if said.get("protection") != Table.NONE and (not said.get("adds") or said.get("decimals")):
            self.add_error("protection", _("Only counts without decimal places are protected."))
        return said

    def saved(self) -> Table:
        """The table, with its theme made where it is new."""
        table = self.save(commit=False)
        if name := self.cleaned_data["new_theme"]:
            slug = slugify(name)[:60] or "thema"
            table.theme, _new = Theme.objects.get_or_create(slug=slug, defaults={"title": name})
        if not table.slug:
            table.slug = _free(slugify(table.title)[:70] or "tabelle")
        table.save()
        return table


def _free(slug: str) -> str:
    taken = set(Table.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbered = [slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))]
    return next(one for one in numbered if one not in taken)


@staff("statistics.edit")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All tables with their newest edition, and those that wait."""
    query = request.GET.get("q", "").strip()[:100]
    tables = Table.objects.select_related("theme").annotate(
        newest=Max("editions__number", filter=Q(editions__state=Edition.PUBLISHED)),
        waiting=Count("editions", distinct=True,
                      filter=Q(editions__state__in=(Edition.DRAFT, Edition.READY))),
        files=Count("uploads", distinct=True),
    )  # fmt: skip
    if query:
        tables = tables.filter(Q(title__icontains=query) | Q(slug__icontains=query))
    return render(request, "statistics/staff/tables.html", {"tables": tables, "query": query})


@staff("statistics.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A table without numbers yet."""
    form = TableForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            table = form.saved()
            record(request.user, "statistics.create", table, title=table.title)
        return redirect("statistics-staff:table", table.slug)
    return render(request, "statistics/staff/change.html", {"form": form},
                  status=422 if form.errors else 200)  # fmt: skip


@staff("statistics.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what is said about a table; its numbers change by a new edition only."""
    table = get_object_or_404(Table, slug=slug)
    form = TableForm(request.POST or None, instance=table)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            record(request.user, "statistics.change", table, fields=form.changed_data)
            form.saved()
        messages.success(request, _("The table is saved."))
        return redirect("statistics-staff:table", table.slug)
    return render(request, "statistics/staff/change.html", {"form": form, "table": table},
                  status=422 if form.errors else 200)  # fmt: skip


@staff("statistics.edit")
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A table with its editions and the files that wait."""
    table = get_object_or_404(Table.objects.select_related("theme"), slug=slug)
    return render(request, "statistics/staff/table.html", {
        "table": table, "form": FileForm(), "dims": table.dimensions.annotate(n=Count("items")),
        "editions": table.editions.select_related("file").defer("file__content").annotate(
            n=Count("cells")
        ),
        "uploads": table.uploads.select_related("file", "created_by").defer("file__content"),
        "public": table.editions.filter(state=Edition.PUBLISHED).exists(),
    })  # fmt: skip
