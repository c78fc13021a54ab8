"""Trips to a provider and back: set out, land with an answer, and finish in the same browser."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.identity import linking
from stadtkern.kernel.identity.providers import adapter
from stadtkern.kernel.identity.providers.protocol import Arrival, Departure, Refused
from stadtkern.kernel.identity.trust import Trust
from stadtkern.kernel.people.models import Account, IdentityProvider, SpentAnswer, Trip, digest_of

log = structlog.get_logger("identity")
# In the session: the trips that this browser set out on.
UNDER_WAY: Final = "trips"
MOST: Final = 5
# As long as it takes to find one's identity card.
LASTS: Final = timedelta(minutes=20)


def set_out(
    request: HttpRequest, provider: IdentityProvider, *, purpose: str, level: Trust, back: str,
    landing: str,
) -> Departure:  # fmt: skip
    """Where the browser goes now; `landing` is the full address of the way back.

    Raises Unreachable.
    """
    person = request.user
    trip = Trip(
        provider=provider, purpose=purpose, level=int(max(level, Trust.BASIC)), back=back,
        account=person if isinstance(person, Account) and purpose != "sign_in" else None,
        until=clock.now() + LASTS,
    )  # fmt: skip
    origin = f"{request.scheme}://{request.get_host()}"
    departure = adapter(provider).depart(trip, origin=origin, landing=landing)
    trip.inside = dict(departure.keep)
    trip.save()
    request.session[UNDER_WAY] = [*request.session.get(UNDER_WAY, []), trip.state][-MOST:]
    return departure


def land(provider: IdentityProvider, said: Mapping[str, str], state: str) -> Trip:
    """An answer came: judged, and kept sealed until its browser comes for it.

    Nothing is signed in here: a form from another site brings no cookie along. Raises Refused or
    Unreachable.
    """
    rows = Trip.objects.filter(provider=provider, state=state, answered=None)
    rows = rows.exclude(purpose="logout")
    trip = rows.filter(until__gt=clock.now()).select_related("provider").first()
    if trip is None:
        raise _refused(provider, Refused("replay", "no such trip"))
    try:
        arrival = adapter(provider).arrive(trip, said)
        if arrival.level < trip.level:
            raise Refused("downgrade", f"{int(arrival.level)} for {trip.level}")
        with transaction.atomic():
            _spend(provider, arrival)
            kept = {**asdict(arrival), "until": arrival.until.isoformat()}
            trip.inside, trip.answered = kept, clock.now()
            if not Trip.objects.filter(pk=trip.pk, answered=None).update(
                sealed=trip.sealed, answered=trip.answered
            ):
                raise Refused("replay", "answered before")
    except Refused as refused:
        raise _refused(provider, refused) from None
    return trip


def _spend(provider: IdentityProvider, arrival: Arrival) -> None:
    """An answer counts once, whichever process sees it."""
    try:
        with transaction.atomic():
            SpentAnswer.objects.create(
                provider=provider, number=digest_of(arrival.number), until=arrival.until
            )
    except IntegrityError:
        raise Refused("replay", "spent") from None


def finish(request: HttpRequest, state: str) -> Trip:
    """The browser that set out comes for its answer, once. Raises Refused."""
    if state not in request.session.get(UNDER_WAY, []):
        raise Refused("other_browser")
    with transaction.atomic():
        rows = Trip.objects.select_for_update(of=("self",)).select_related("provider", "account")
        trip = rows.filter(state=state, used=None, answered__isnull=False).first()
        if trip is None or trip.until < clock.now():
            raise Refused("replay", "finished before")
        arrival = _arrival(trip.inside)
        Trip.objects.filter(pk=trip.pk).update(used=clock.now(), sealed=None)
        try:
            with transaction.atomic():
                linking.arrive(request, trip, arrival)
        except Refused as refused:
            record("system", "login.refused", trip.provider, reason=refused.reason)
            trip.used = clock.now()
            problem: Refused | None = refused
        else:
            problem = None
    request.session[UNDER_WAY] = [one for one in request.session.get(UNDER_WAY, []) if one != state]
    if problem is not None:
        raise problem
    return trip


def _arrival(kept: Mapping[str, Any]) -> Arrival:
    return Arrival(**{**kept, "until": datetime.fromisoformat(kept["until"]),
                      "level": Trust(kept["level"])})  # fmt: skip


def _refused(provider: IdentityProvider, refused: Refused) -> Refused:
    """On record for staff: which provider and why, never who."""
    log.warning("answer refused", provider=provider.slug, reason=str(refused))
    record("system", "login.refused", provider, reason=refused.reason)
    return refused
