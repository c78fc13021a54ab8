"""How often a log-in may fail, counted in the audit log so that every web process counts alike."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.http import HttpRequest

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry, record
from stadtkern.kernel.identity import known_devices, mails
from stadtkern.kernel.people.models import Account

FAILED: Final = "login.failed"
WORKED: Final = "login.worked"
PER_LOGIN: Final = 5
PER_ADDRESS: Final = 20
# The wait after the fifth failure; it doubles with each five more of one day.
WINDOW: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=4)
REMEMBERED: Final = timedelta(days=1)


def find(login: str) -> Account | None:
    """The account behind a user name, or behind an e-mail address that was confirmed."""
    known = Account.objects.filter(username=login).first()
    if known is None and "@" in login:
        rows = Account.objects.filter(email__iexact=login, email_confirmed__isnull=False)
        known = rows.first()
    return known


def target_of(login: str, request: HttpRequest) -> str:
    """How the audit log names a log-in. An unknown one is hashed: people type passwords there.

    A browser that the account knows counts for itself, so that nobody locks its owner out.
    """
    if account := find(login):
        device = known_devices.number_of(request, account)
        return f"login:{account.username}" + (f" device:{device}" if device else "")
    return (
        f"unknown login:{hashlib.sha256(login.lower().encode(errors='replace')).hexdigest()[:16]}"
    )


def too_many(target: str, address: str) -> bool:
    """Whether this log-in or this address failed too often of late; the same for unknown ones."""
    if clock.now() < _free_again(target):
        return True
    recent = Entry.objects.filter(at__gte=clock.now() - WINDOW, verb=FAILED)
    rows = recent.filter(actor=f"address:{address}").values_list("pk")[:PER_ADDRESS]
    return bool(address) and len(rows) >= PER_ADDRESS


def _free_again(target: str) -> datetime:
    """When this log-in may be tried again: later with each five failures since it last worked."""
    since = clock.now() - REMEMBERED
    rows = Entry.objects.filter(target=target, verb__in=(FAILED, WORKED), at__gte=since)
    failed: list[datetime] = []
    for verb, at in rows.order_by("-at", "-id").values_list("verb", "at")[:200]:
        if verb == WORKED:
            break
        failed.append(at)
    rounds = len(failed) // PER_LOGIN
    if not rounds or len(failed) % PER_LOGIN:
        return since
    wait: timedelta = min(WINDOW * 2 ** (rounds - 1), LONGEST)
    return failed[0] + wait


def alone(target: str) -> bool:
    """Whether no other attempt at this log-in runs now; holds until the transaction ends.

    Otherwise a burst of attempts at once would each find the count still low.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext(%s))", [f"attempt {target}"])
        return bool(cursor.fetchone()[0])


def note_failure(target: str, address: str, account: Account | None = None) -> None:
    """Count one failure; the owner hears of it by mail when the log-in is locked."""
    record(f"address:{address}", FAILED, target)
    if account is not None and clock.now() < _free_again(target):
        mails.locked(account)


def note_success(target: str) -> None:
    """The count begins anew; nothing is written where nothing had failed."""
    since = clock.now() - REMEMBERED
    if Entry.objects.filter(target=target, verb=FAILED, at__gte=since).exists():
        record("system", WORKED, target)
