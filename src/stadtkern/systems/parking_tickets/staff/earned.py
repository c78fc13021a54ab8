"""Income of a month by zone and seller, from the books."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking_tickets.logic import revenue, settlements
from stadtkern.systems.parking_tickets.models import SOURCES
from stadtkern.systems.parking_tickets.staff.answer import page


@staff("parking_tickets.see")
@require_safe
def earned(request: HttpRequest) -> HttpResponse:
    """A table; as CSV with `?format=csv`."""
    month = _month(request)
    rows = revenue.of_month(month)
    if request.GET.get("format") == "csv":
        heads = [_("Zone"), *SOURCES.values(), _("Sum")]
        cells = [[one.zone, *(f"{c / 100:.2f}" for c in [*one.cells, one.sum])] for one in rows]
        return csv_file(f"parken-{month:%Y-%m}", heads, cells)
    sums = [sum(one.cells[at] for one in rows) for at in range(len(SOURCES))]
    return page(request, "earned", month=month, rows=rows, sources=SOURCES.values(), sums=sums,
                sum=sum(sums))  # fmt: skip


def _month(request: HttpRequest) -> date:
    """`?month=2026-11`; what cannot be read is this month."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')[:7]}-01")
    except ValueError:
        return settlements.month_of(clock.now())
