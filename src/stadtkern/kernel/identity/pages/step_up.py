"""Why more is needed, and the ways that reach it."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from stadtkern.kernel.identity import stepup, trust
from stadtkern.kernel.identity.pages.show import show
from stadtkern.kernel.identity.trust import Trust
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import Account, IdentityProvider


@public
@require_safe
def step_up(request: HttpRequest) -> HttpResponse:
    """`?level=3&back=/..`; whoever has that level already goes straight on."""
    level = stepup.level_of(request.GET.get("level", ""))
    back = stepup.safe(request, request.GET.get("back", ""))
    if trust.of(request) >= level:
        return redirect(back or "account")
    person = request.user
    staff = isinstance(person, Account) and person.is_staff
    rows = IdentityProvider.objects.filter(active=True, level__gte=int(level))
    rows = rows.filter(audience="staff") if staff else rows.exclude(audience="staff")
    if isinstance(person, Account):
        known = person.identities.values("provider")
        rows = rows.exclude(Q(audience="companies") & ~Q(pk__in=known))
    return show(
        request, "step_up", level=trust.TITLES[level], number=int(level), back=back, staff=staff,
        providers=list(rows), has=trust.TITLES[trust.of(request)], high=level >= Trust.HIGH,
        purpose="step_up" if person.is_authenticated else "sign_in",
    )  # fmt: skip
