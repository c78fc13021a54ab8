"""What is a part of what: found by the file's numbers, corrected by people."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.statistics.models import Item, Table

MOST = 300


@staff("statistics.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Each item with its whole and its English name; dates are no parts of each other."""
    table = get_object_or_404(Table, slug=slug)
    rows = list(Item.objects.filter(dimension__table=table).select_related("dimension", "whole")
                .order_by("dimension__position", "position", "id")[: MOST * 4])  # fmt: skip
    if request.method == "POST":
        changed = [one for one in rows if _change(request, one, rows)]
        with transaction.atomic():
            Item.objects.bulk_update(changed, ["whole", "title_en"])
            record(request.user, "statistics.parts", table, changed=len(changed))
        messages.success(request, _("Saved. Protect drafts anew, so that this counts for them."))
        return redirect("statistics-staff:parts", slug)
    dims = [
        (dim, [one for one in rows if one.dimension_id == dim.pk][:MOST])
        for dim in table.dimensions.order_by("position") if dim.kind != "time"
    ]  # fmt: skip
    return render(request, "statistics/staff/parts.html", {"table": table, "dims": dims})


def _change(request: HttpRequest, one: Item, rows: list[Item]) -> bool:
    """Take over what was said of this item; a whole lies in the same dimension and not below it."""
    if f"en-{one.pk}" not in request.POST:
        return False
    before = (one.whole_id, one.title_en)
    by_id = {item.pk: item for item in rows if item.dimension_id == one.dimension_id}
    said = request.POST.get(f"whole-{one.pk}", "")
    whole = by_id.get(int(said)) if said.isdecimal() and len(said) < 12 else None
    above, seen = whole, {one.pk}
    while above is not None and above.pk not in seen:
        seen.add(above.pk)
        above = by_id.get(above.whole_id or 0)
    one.whole = whole if above is None else one.whole
    one.title_en = request.POST.get(f"en-{one.pk}", "").strip()[:300]
    return (one.whole_id, one.title_en) != before
