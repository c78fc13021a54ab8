"""Signing out on both sides: here because the provider says so, there when one leaves here."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.identity import sessions
from stadtkern.kernel.identity.providers.protocol import Departure, Refused
from stadtkern.kernel.people.models import IdentityProvider, SignIn, SpentAnswer, Trip, digest_of

# In the session: what the provider calls it, to be able to end it there.
THERE: Final = "there"
# An answer may take a while: the person reads the other side's pages.
LASTS: Final = timedelta(minutes=20)
# A request counts once, for as long as its time would be believed.
KEPT: Final = timedelta(minutes=15)


def remember(request: HttpRequest, provider: IdentityProvider, there: Mapping[str, str]) -> None:
    """Note what the provider calls its session; of its names the database keeps digests only."""
    if not there.get("name"):
        return
    request.session[THERE] = {**there, "provider": provider.slug}
    SignIn.objects.filter(pk=request.session.get(sessions.ROW, 0)).update(
        there=_digest(provider, "name", there["name"]),
        there_index=_digest(provider, "index", there.get("index", "")),
    )


def ended_there(
    provider: IdentityProvider, *, number: str, name: str, indexes: tuple[str, ...]
) -> int:
    """The provider has signed somebody out: their sessions end here too. Raises Refused."""
    until = clock.now() + KEPT
    try:
        with transaction.atomic():
            SpentAnswer.objects.create(
                provider=provider, number=digest_of(f"logout|{number}"), until=until
            )
    except IntegrityError:
        raise Refused("replay", "spent") from None
    rows = SignIn.objects.filter(there=_digest(provider, "name", name), ended=None)
    if indexes:
        rows = rows.filter(Q(there_index__in=[_digest(provider, "index", one) for one in indexes]))
    found = list(rows.select_related("account"))
    Session.objects.filter(session_key__in=[one.session for one in found if one.session]).delete()
    SignIn.objects.filter(pk__in=[one.pk for one in found]).update(ended=clock.now())
    for one in found:
        record(one.account, "logout", one.account, provider=provider.slug)
    return len(found)


def set_out(there: Mapping[str, str], origin: str) -> tuple[IdentityProvider, Departure] | None:
    """The way to sign out there as well; None where the provider is not asked."""
    from stadtkern.kernel.identity.providers import saml_logout  # noqa: PLC0415  it brings lxml
    from stadtkern.kernel.identity.providers.saml import Saml  # noqa: PLC0415

    rows = IdentityProvider.objects.filter(slug=there.get("provider", ""), kind="saml", active=True)
    provider = rows.first()
    if provider is None or not saml_logout.is_spoken(Saml(provider)):
        return None
    trip = Trip(provider=provider, purpose="logout", until=clock.now() + LASTS)
    away = saml_logout.ask(Saml(provider), dict(there), origin=origin, state=trip.state)
    trip.inside = dict(away.keep)
    trip.save()
    return provider, away


def come_back(provider: IdentityProvider, state: str) -> str:
    """The number of our request that an answer must name, once. Raises Refused."""
    with transaction.atomic():
        rows = Trip.objects.select_for_update().filter(provider=provider, state=state, used=None)
        trip = rows.filter(purpose="logout", until__gt=clock.now()).first()
        if trip is None:
            raise Refused("replay", "no such trip")
        Trip.objects.filter(pk=trip.pk).update(used=clock.now(), sealed=None)
        return str(trip.inside.get("request", ""))


def _digest(provider: IdentityProvider, what: str, said: str) -> str:
    return digest_of(f"{provider.slug}|{what}|{said}") if said else ""
