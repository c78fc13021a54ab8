"""The list of services for staff: what is measured, begun, or has to be looked at again."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.digital_maturity import again, assessing, exchanging, picture
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity.listing import PER_PAGE, Filters
from stadtkern.systems.digital_maturity.models import Assessment, MaturityModel
from stadtkern.systems.digital_maturity.picture import Standing
from stadtkern.systems.digital_maturity.staff.answer import page, person

WORK = {
    "": gettext_lazy("all"), "none": gettext_lazy("not assessed yet"),
    "draft": gettext_lazy("being assessed"), "stale": gettext_lazy("to be looked at again"),
}  # fmt: skip


@staff("digital_maturity.see")
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """The services that the address asks for; five statements for any number of them."""
    model = assessing.current_model()
    if model is None:
        return page(request, "services", model=None)
    definition = documents.read(model.definition)
    rows = picture.standings(model)
    drafts = _drafts(model)
    filters = Filters(request.GET or None, rows, definition)
    work = request.GET.get("work", "")
    passing = filters.passing(rows) if request.GET else rows
    found = [one for one in passing if _waits(one, work, drafts)]
    if request.GET.get("as") == "csv":
        return _csv(exchanging.as_csv(found, definition))
    return page(
        request, "services", model=model, definition=definition, filters=filters, work=work,
        works=WORK.items(), listed=Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        drafts=drafts, waiting=len(assessing.waiting(model)), answered=_answered(model),
    )  # fmt: skip


def _drafts(model: MaturityModel) -> set[int]:
    rows = Assessment.objects.filter(scale=model.slug, state="draft")
    return set(rows.values_list("service_id", flat=True))


def _answered(model: MaturityModel) -> int:
    """How many drafts have an answer of a probe to every question that is asked."""
    definition = documents.read(model.definition)
    rows = Assessment.objects.filter(scale=model.slug, state="draft")
    return sum(assessing.seen_through(one, definition) for one in rows.only("answers"))


def _waits(one: Standing, work: str, drafts: set[int]) -> bool:
    if work == "none":
        return one.level is None
    if work == "draft":
        return one.number in drafts
    return one.stale if work == "stale" else True


def _csv(text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="digital-maturity.csv"'
    return answer


@staff("digital_maturity.assess")
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """Begin all that wait, confirm all that probes answer, or look at the configuration now."""
    model, deed = assessing.current_model(), request.POST.get("do", "")
    if model is None:
        messages.error(request, _("Choose a model to measure by first."))
    elif deed == "begin":
        count = assessing.begin_all(assessing.waiting(model), model, person(request))
        text = ngettext("%(n)d assessment has begun.", "%(n)d assessments have begun.", count)
        messages.success(request, text % {"n": count})
    elif deed == "confirm":
        messages.success(request, _confirm(model, person(request)))
    else:
        marked, _cleared, fresh = again.look_again()
        said = _(
            "%(marked)d assessments are to be looked at again, %(fresh)d drafts are up to date."
        )
        messages.success(request, said % {"marked": marked, "fresh": fresh})
    return redirect("digital_maturity-staff:services")


def _confirm(model: MaturityModel, who: Any) -> str:
    drafts = list(
        Assessment.objects.filter(scale=model.slug, state="draft").select_related("model")
    )
    done, left = assessing.confirm_all(drafts, actor=who)
    return _("%(done)d assessments are complete, %(left)d need a person.") % {
        "done": done, "left": left
    }  # fmt: skip
