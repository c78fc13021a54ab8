"""How well the records of published datasets are made, the worst first."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import Avg, Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.catalogue.dcat import problems, scores
from stadtkern.kernel.catalogue.models import MUST, Dataset, Judgement
from stadtkern.kernel.people.access import staff
from stadtkern.systems.open_data.harvesting.answer import page

PER_PAGE = 25


class Filters(forms.Form):
    """By a word of the title, by conformance, by origin."""

    q = forms.CharField(
        label=_("Title"), required=False, widget=forms.TextInput({"type": "search"})
    )
    show = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=[("", _("all")), ("broken", _("does not conform")), ("advice", _("with advice"))],
    )  # fmt: skip
    origin = forms.ChoiceField(
        label=_("Origin"), required=False,
        choices=[("", _("all")), (Dataset.DECLARED, _("systems")), (Dataset.UPLOADED, _("staff")),
                 (Dataset.HARVESTED, _("other catalogues"))],
    )  # fmt: skip


@staff("datasets.see")
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """What the last check of the night found; a fixed number of queries."""
    filters = Filters(request.GET)
    filters.is_valid()
    said = filters.cleaned_data
    rows = Judgement.objects.select_related("dataset").order_by("points", "dataset__title", "pk")
    if word := said.get("q"):
        rows = rows.filter(dataset__title__icontains=word)
    if origin := said.get("origin"):
        rows = rows.filter(dataset__origin=origin)
    if said.get("show") == "broken":
        rows = rows.filter(MUST)
    elif said.get("show") == "advice":
        rows = rows.exclude(problems=[])
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    told = [(one, problems.again(one.problems)) for one in listed]
    whole = Judgement.objects.aggregate(
        number=Count("pk"), broken=Count("pk", filter=MUST), points=Avg("points")
    )
    return page(
        request, "records", filters=filters, listed=listed, told=told, whole=whole,
        most=scores.MOST,
    )  # fmt: skip
