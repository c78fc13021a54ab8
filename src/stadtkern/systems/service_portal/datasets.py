"""Open data: the services of the city with the state that they are really in."""

from collections.abc import Iterator, Mapping

from stadtkern.kernel.cases.models import Service


def service_rows() -> Iterator[Mapping[str, object]]:
    """One row per service that is shown; one statement."""
    rows = Service.objects.filter(active=True).with_reach().select_related("department")
    for one in rows.order_by("slug"):
        yield {
            "slug": one.slug, "title": one.title, "title_en": one.title_en,
            "summary": one.summary, "leika": one.leika, "reach": one.reach,  # type: ignore[attr-defined]
            "citizens": one.for_citizens, "companies": one.for_companies, "level": one.level,
            "situations": ",".join(one.situations), "department": str(one.department or ""),
            "changed": one.changed, "invented": one.invented,
        }  # fmt: skip
