"""How often a log-in may fail, counted in the audit log so that every web process counts alike."""

import hashlib
from datetime import timedelta

from django.db import connection
from django.db.models import Q

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry, record
from stadtkern.kernel.people.models import Account

FAILED = "login.failed"
WINDOW = timedelta(minutes=15)
PER_LOGIN = 5
PER_ADDRESS = 20


def target_of(login: str) -> str:
    """How the audit log names a log-in. An unknown one is hashed: people type passwords there."""
    if Account.objects.filter(username=login).exists():
        return f"login:{login}"
    return f"unknown login:{hashlib.sha256(login.encode(errors='replace')).hexdigest()[:16]}"


def too_many(target: str, address: str) -> bool:
    """Whether this log-in or this address failed too often of late."""
    recent = Entry.objects.filter(at__gte=clock.now() - WINDOW, verb=FAILED)
    found = recent.filter(Q(target=target) | Q(actor=f"address:{address}")).values_list(
        "target", "actor"
    )
    pairs = list(found[: PER_LOGIN + PER_ADDRESS])
    by_login = sum(one == target for one, _ in pairs)
    by_address = sum(actor == f"address:{address}" for _, actor in pairs)
    return by_login >= PER_LOGIN or (bool(address) and by_address >= PER_ADDRESS)


def alone(target: str) -> bool:
    """Whether no other attempt at this log-in runs now; holds until the transaction ends.

    Otherwise a burst of attempts at once would each find the count still low.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext(%s))", [f"attempt {target}"])
        return bool(cursor.fetchone()[0])


def note_failure(target: str, address: str) -> None:
    """Count one failure."""
    record(f"address:{address}", FAILED, target)
