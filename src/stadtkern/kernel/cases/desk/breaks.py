"""Where paper or typing came in between: noted with each case, counted by service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.desk.work import actor
from stadtkern.kernel.cases.models import Case, StatusEvent
from stadtkern.kernel.cases.moves import tell
from stadtkern.kernel.people.models import Account

CODE: Final = "media_break"
KINDS: Final = {
    "printed": _("printed on paper"),
    "scanned": _("scanned from paper"),
    "typed": _("typed again into another program"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaBreaks:
    """Of one service: cases sent, those with a break, and events by kind.

    `share_free` is the share of cases without any, 0 to 1; None where there are no cases.
    """

    service: str
    cases: int
    broken: int
    kinds: dict[str, int]

    @property
    def share_free(self) -> float | None:
        """Cases without a break, as a share."""
        return (self.cases - self.broken) / self.cases if self.cases else None


def note(case: Case, kind: str, *, by: Account) -> bool:
    """Note a break; the same kind counts once for each case. Raises KeyError."""
    _ = KINDS[kind]
    with transaction.atomic():
        new = tell(case, CODE, source="desk", actor=actor(by), visible=False,
                   data={"kind": kind}, key=f"{CODE}:{kind}")  # fmt: skip
        if new:
            record(by, "case.break", case, kind=kind)
    return new


def media_breaks(service_slugs: Sequence[str], since: datetime) -> dict[str, MediaBreaks]:
    """By service, of the cases that were sent since; three statements for any number."""
    sent = Case.objects.filter(service__slug__in=service_slugs, submitted__gte=since)
    counted = dict(sent.values_list("service__slug").annotate(Count("pk")).order_by())
    events = StatusEvent.objects.filter(
        code=CODE, case__service__slug__in=service_slugs, case__submitted__gte=since
    )
    broken = dict(
        events.values_list("case__service__slug").annotate(Count("case", distinct=True)).order_by()
    )
    tally = {
        # By its key: the details of the timeline go when the case is erased.
        f"of_{kind}": Count("pk", filter=Q(key=f"{CODE}:{kind}"))
        for kind in KINDS
    }
    rows: Any = events.values("case__service__slug").annotate(**tally).order_by()
    kinds = {
        row["case__service__slug"]: {kind: row[f"of_{kind}"] for kind in KINDS} for row in rows
    }
    return {
        slug: MediaBreaks(
            service=slug, cases=counted.get(slug, 0), broken=broken.get(slug, 0),
            kinds=kinds.get(slug, dict.fromkeys(KINDS, 0)),
        )
        for slug in service_slugs
    }  # fmt: skip
