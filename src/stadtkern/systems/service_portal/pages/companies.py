"""What companies need of the city."""

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel.cases.catalogue.situations import BY_SLUG, Situation
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.access import public
from stadtkern.systems.service_portal.pages.answer import page


@public
@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    """All services for companies, by what they are about."""
    groups: dict[str, list[Service]] = defaultdict(list)
    rows = Service.objects.filter(active=True, for_companies=True).with_reach()
    for one in rows.order_by("-yearly", "title"):
        groups[_main(one)].append(one)
    listed: list[tuple[Situation, list[Service]]] = [
        (BY_SLUG[slug], group) for slug, group in groups.items() if slug
    ]
    listed.sort(key=lambda pair: (not pair[0].business, -len(pair[1])))
    return page(request, "companies", groups=listed, others=groups.get("", []))


def _main(one: Service) -> str:
    """The situation under which it stands: business first, else the first that is known."""
    known = [slug for slug in one.situations if slug in BY_SLUG]
    return "business" if "business" in known else next(iter(known), "")
