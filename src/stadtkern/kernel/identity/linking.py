"""Whose account it is that a provider's answer is about: by its own name for the person only."""

import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import get_language

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.identity import acting, entering, leaving_there, sessions, trust
from stadtkern.kernel.identity.attributes import NAMES
from stadtkern.kernel.identity.providers.protocol import Arrival, Refused
from stadtkern.kernel.identity.trust import Trust
from stadtkern.kernel.people.access import SECOND_FACTOR
from stadtkern.kernel.people.models import (
    Account,
    Identity,
    IdentityProvider,
    Organisation,
    Trip,
    digest_of,
)


def arrive(request: HttpRequest, trip: Trip, arrival: Arrival) -> Account:
    """Sign in, prove more, or act for a company, as the trip was meant. Raises Refused."""
    if trip.purpose == "sign_in":
        return _sign_in(request, trip.provider, arrival)
    person = request.user
    if not isinstance(person, Account) or person != trip.account:
        raise Refused("other_account")
    if trip.purpose == "company":
        _company(person, trip.provider, arrival)
        return person
    _step_up(request, person, trip.provider, arrival)
    return person


def _sign_in(request: HttpRequest, provider: IdentityProvider, arrival: Arrival) -> Account:
    identity = _known(provider, arrival)
    if identity is None:
        identity = _link(_account_for(provider, arrival), provider, arrival)
    account = identity.account
    if not account.is_active:
        raise Refused("switched_off")
    # Staff come through their own door, so that no private account opens the city's.
    if account.is_staff != (provider.audience == "staff"):
        raise Refused("wrong_door")
    _learn(identity, arrival)
    if arrival.organisation:
        _company(account, provider, arrival)
    entering.enter(request, account, way="provider", provider=provider.title,
                   level=arrival.level, second=arrival.level >= Trust.SUBSTANTIAL)  # fmt: skip
    leaving_there.remember(request, provider, arrival.session)
    return account


def _step_up(
    request: HttpRequest, account: Account, provider: IdentityProvider, arrival: Arrival
) -> None:
    """The same account and the same session data, under a new key. Raises Refused."""
    if account.is_staff != (provider.audience == "staff"):
        raise Refused("wrong_door")
    identity = _known(provider, arrival)
    if identity is not None and identity.account_id != account.pk:
        raise Refused("other_account")
    if identity is None:
        # A company's address is nobody's own: it is acted for, and never linked on the way.
        if provider.audience == "companies":
            raise Refused("wrong_door")
        identity = _link(account, provider, arrival)
    _learn(identity, arrival)
    trust.reached(request, arrival.level)
    if arrival.level >= Trust.SUBSTANTIAL:
        request.session[SECOND_FACTOR] = True
    entering.fresh(request)
    sessions.moved(request)
    leaving_there.remember(request, provider, arrival.session)
    record(account, "account.step_up", account, provider=provider.slug, level=int(arrival.level))


def _known(provider: IdentityProvider, arrival: Arrival) -> Identity | None:
    rows = Identity.objects.filter(provider=provider, subject=_digest(provider, arrival.subject))
    return rows.select_related("account", "provider").first()


def _link(account: Account, provider: IdentityProvider, arrival: Arrival) -> Identity:
    """One of each provider for an account. Raises Refused: it has another one there."""
    made = Identity(
        account=account, provider=provider, subject=_digest(provider, arrival.subject),
        level=int(Trust.BASIC),
    )  # fmt: skip
    made.inside = {}
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Refused("other_identity") from None
    record(account, "account.link", account, provider=provider.slug)
    return made


def _learn(identity: Identity, arrival: Arrival) -> None:
    """What was proved better before is not replaced by what is proved less well today."""
    if arrival.level < identity.level:
        return
    said = {name: arrival.attributes[name] for name in NAMES if arrival.attributes.get(name)}
    identity.inside = {"attributes": said}
    identity.level, identity.proved_by = int(arrival.level), arrival.proved_by[:60]
    identity.verified = clock.now()
    identity.save(update_fields=["sealed", "level", "proved_by", "verified"])


def _account_for(provider: IdentityProvider, arrival: Arrival) -> Account:
    """A new account for somebody new; staff must have one. Raises Refused."""
    said = arrival.attributes
    if provider.audience == "staff":
        rows = Account.objects.filter(is_staff=True, is_active=True, is_superuser=False)
        known = rows.filter(username=said.get("username") or "").first()
        if known is None:
            raise Refused("unknown_staff")
        return known
    made = Account(
        username=new_username(), language=(get_language() or "de")[:2],
        first_name=said.get("given_names", "")[:150], last_name=said.get("family_name", "")[:150],
        email=said.get("email", "")[:254],
    )  # fmt: skip
    made.set_unusable_password()
    made.save()
    return made


def _company(account: Account, provider: IdentityProvider, arrival: Arrival) -> None:
    """The company that the answer names, and that this account acts for it. Raises Refused."""
    if provider.audience != "companies" or not arrival.organisation:
        raise Refused("no_organisation")
    name = arrival.attributes.get("organisation") or "–"
    company, _fresh = Organisation.objects.get_or_create(
        provider=provider, subject=_digest(provider, arrival.organisation),
        defaults={"name": name[:200]},
    )  # fmt: skip
    kept: dict[str, Any] = {
        one: arrival.attributes[one] for one in ("street", "postal_code", "city")
        if arrival.attributes.get(one)
    }  # fmt: skip
    company.inside, company.name = kept, name[:200]
    company.save(update_fields=["sealed", "name"])
    acting.for_company(account, company, provider.slug)


def new_username() -> str:
    """A citizen's internal name: nobody types it, and it says nothing."""
    return f"b{secrets.token_hex(12)}"


def _digest(provider: IdentityProvider, subject: str) -> str:
    return digest_of(f"{provider.slug}|{subject}")
