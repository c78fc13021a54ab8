"""The page of an offer from a waiting list: take it, decline it, or wait no longer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import links, waiting
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.kinds import kind_of
from stadtkern.kernel.bookings.models import Booking, Wish
from stadtkern.kernel.people.access import public


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """What is offered and until when. Only a POST answers it: mail programs follow links."""
    try:
        wish = links.read_wish(token, "offer")
        if request.method == "POST":
            return _answer(request, wish, request.POST.get("answer", ""))
    except Refused as refused:
        return _show(request, None, problem=str(refused), status=404)
    return _show(request, wish)


def _answer(request: HttpRequest, wish: Wish, answer: str) -> HttpResponse:
    problem, status = "", 200
    try:
        if answer == "take":
            return _taken(request, waiting.accept(wish))
        if answer == "withdraw":
            waiting.withdraw(wish)
        elif answer in ("decline", "wait"):
            waiting.decline(wish, keep=answer == "wait")
    except Refused as refused:
        problem, status = str(refused), 409
    fresh = Wish.objects.select_related("offer__resource__place", "replaces").get(pk=wish.pk)
    return _show(request, fresh, problem=problem, status=status)


def _taken(request: HttpRequest, booking: Booking) -> HttpResponse:
    """On to the system's own page of the booking, where there is one."""
    name = kind_of(booking.kind).page
    try:
        if name:
            return redirect(reverse(name, args=[links.token(booking, "manage")]))
    except NoReverseMatch:
        pass
    return _show(request, None, booking=booking)


def _show(
    request: HttpRequest, wish: Wish | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    held = wish.offer if wish is not None and wish.state == "offered" else None
    over = held is not None and held.hold_until is not None and held.hold_until <= clock.now()
    given = {"wish": wish, "offer": held, "over": over, "title": _("Free for you"), **more}
    return render(request, "bookings/offer.html", given, status=status)
