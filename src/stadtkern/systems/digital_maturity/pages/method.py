"""How maturity is measured: every model with levels and criteria, and what is unknown."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity import probes
from stadtkern.systems.digital_maturity.models import MaturityModel


@public
@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """The current model first, then the others."""
    rows = MaturityModel.objects.published().order_by("-current", "slug", "-valid_from")
    models = [(one, documents.read(one.definition)) for one in rows]
    titles = {name: probes.title_of(name) for name in probes.NAMES}
    return render(request, "digital_maturity/method.html", {"models": models, "titles": titles})
