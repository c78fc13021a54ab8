"""How far a service really goes online: read from what is live, never typed in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from stadtkern.kernel.cases.models import FormVersion, OnlineService, Service


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """The way to a service: `reach` is a key of `REACHES`, `kind` one of `DOORS` or empty.

    `form` is the slug of our own published form, `level` the trust that it needs for sending;
    `url` where somebody else's service is.
    """

    reach: str = "information"
    kind: str = ""
    form: str = ""
    url: str = ""
    provider: str = ""
    complete: bool = False
    level: int | None = None


NOTHING = Way()


def ways(services: Iterable[Service]) -> Mapping[int, Way]:
    """The way to each of these services by id; one statement."""
    numbers = [one.pk for one in services]
    published = FormVersion.objects.filter(form=OuterRef("form"), state="published")
    rows = OnlineService.objects.open().filter(service__in=numbers).select_related("form")
    rows = rows.annotate(level=Subquery(published.values("definition__level")[:1]))
    found = {row.service_id: _way(row) for row in rows}
    return {number: found.get(number, NOTHING) for number in numbers}


def way_of(service: Service) -> Way:
    """The way to one service."""
    return ways([service])[service.pk]


def counts() -> dict[str, int]:
    """How many services reach how far; every reach is there."""
    found = {"online": 0, "form": 0, "information": 0}
    for one in Service.objects.filter(active=True).with_reach().only("pk"):
        found[one.reach] += 1  # type: ignore[attr-defined]
    return found


def _way(row: OnlineService) -> Way:
    return Way(
        reach="online" if row.complete else "form", kind=row.kind,
        form=row.form.slug if row.form else "", url=row.url, provider=row.provider,
        complete=row.complete, level=getattr(row, "level", None),
    )  # fmt: skip
