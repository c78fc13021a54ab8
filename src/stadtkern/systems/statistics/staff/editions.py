"""An edition before and after it is public: compared, published, withdrawn."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.jobs import tasks
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.statistics.logic import editions
from stadtkern.systems.statistics.logic.uploads import PROTECT
from stadtkern.systems.statistics.models import Edition, Item


def _edition(number: int) -> Edition:
    found = Edition.objects.select_related("table", "file").defer("file__content")
    return get_object_or_404(found, pk=number)


@staff("statistics.edit")
@require_safe
def page(request: HttpRequest, number: int) -> HttpResponse:
    """What is new in it, how it is protected, and what can be done with it."""
    edition = _edition(number)
    compared = editions.compare(edition)
    names = _names(edition, [change.key for change in compared.changed])
    return render(request, "statistics/staff/edition.html", {
        "edition": edition, "table": edition.table, "compared": compared,
        "changes": [
            (", ".join(names.get(pk, "?") for pk in one.key), one) for one in compared.changed
        ],
        "hidden": edition.cells.filter(value__isnull=True, raw__isnull=False).count(),
        "count": edition.cells.count(), "may_publish": _may_publish(request),
    })  # fmt: skip


def _may_publish(request: HttpRequest) -> bool:
    return isinstance(request.user, Account) and request.user.may("statistics.publish")


def _names(edition: Edition, keys: Sequence[tuple[int, ...]]) -> dict[int, str]:
    wanted = {pk for key in keys for pk in key}
    return {one.pk: one.name for one in Item.objects.filter(pk__in=wanted)}


@staff("statistics.publish")
@require_POST
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Show it to everybody."""
    edition = _edition(number)
    try:
        editions.publish(edition, request.user)
        messages.success(request, _("Edition %(number)d is public.") % {"number": edition.number})
    except editions.NotProtected:
        messages.error(request, _("The table, or what is public of its family, changed since. "
                                  "Protect this edition anew."))  # fmt: skip
    return redirect("statistics-staff:edition", number)


@staff("statistics.publish")
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take it back, with a reason that everybody can read."""
    edition = _edition(number)
    reason = request.POST.get("reason", "").strip()[:500]
    if edition.state != Edition.PUBLISHED or not reason:
        messages.error(request, _("Say why the edition is withdrawn."))
    else:
        editions.withdraw(edition, request.user, reason)
        messages.success(request, _("The edition is withdrawn. The one before is shown again."))
    return redirect("statistics-staff:edition", number)


@staff("statistics.edit")
@require_POST
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Forget a draft."""
    edition = _edition(number)
    slug = edition.table.slug
    if edition.published:
        messages.error(request, _("What was public is not deleted. Withdraw it."))
        return redirect("statistics-staff:edition", number)
    editions.discard(edition, request.user)
    messages.success(request, _("The draft is deleted."))
    return redirect("statistics-staff:table", slug)


@staff("statistics.edit")
@require_POST
def protect(request: HttpRequest, number: int) -> HttpResponse:
    """Protect a draft anew, after its table was changed."""
    edition = _edition(number)
    if not edition.published:
        Edition.objects.filter(pk=number).update(state=Edition.DRAFT, report={})
        tasks.perform.defer(call=PROTECT, number=number)
        messages.success(request, _("The numbers are being protected. Load the page again soon."))
    return redirect("statistics-staff:edition", number)
