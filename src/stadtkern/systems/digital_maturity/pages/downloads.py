"""The list of services and their levels for table programs and for programs."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.systems.digital_maturity import assessing, exchanging, picture
from stadtkern.systems.digital_maturity import definition as documents


@public
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """Every active service, with the level of each criterion."""
    model = assessing.current_model()
    text = ""
    if model is not None:
        definition = documents.read(model.definition)
        text = exchanging.as_csv(picture.standings(model), definition)
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="digital-maturity.csv"'
    return answer


@public
@require_safe
def as_json(request: HttpRequest) -> JsonResponse:
    """Every assessment with its answers and evidence."""
    model = assessing.current_model()
    return JsonResponse(exchanging.as_json(model) if model else {"assessments": []})
