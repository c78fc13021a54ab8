"""What to do next: what holds the most applications down, by criterion, in packages, by office."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.digital_maturity import assessing, picture
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity.models import Assessment
from stadtkern.systems.digital_maturity.pages.home import lines
from stadtkern.systems.digital_maturity.staff.answer import page

MOST = 12


@staff("digital_maturity.see")
@require_safe
def steering(request: HttpRequest) -> HttpResponse:
    """The picture with its bottlenecks, of the whole city or of one office."""
    model = assessing.current_model()
    if model is None:
        return page(request, "steering", model=None)
    definition = documents.read(model.definition)
    rows = picture.standings(model)
    asked = request.GET.get("office", "")
    office = int(asked) if asked.isdecimal() and len(asked) < 10 else None
    shown = [one for one in rows if office is None or one.department == office]
    told = picture.distribution(shown, definition)
    return page(
        request, "steering", model=model, definition=definition, told=told, office=office,
        reached=told.reached(definition.conformity) if definition.conformity is not None else None,
        offices=picture.by_office(rows, definition),
        bottlenecks=picture.bottlenecks(shown, definition),
        packages=picture.packages(shown, definition)[:MOST],
        lines=lines(model, definition), stale=sum(one.stale for one in shown),
        drafts=Assessment.objects.filter(scale=model.slug, state="draft").count(),
    )  # fmt: skip
