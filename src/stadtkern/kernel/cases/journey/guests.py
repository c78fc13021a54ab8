"""Guests: the link shows how a case stands, a mailed code shows what is in it."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from stadtkern.kernel import clock
from stadtkern.kernel.cases.journey import mails
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.models.journey import MailCode

LASTS: Final = timedelta(minutes=15)
MOST_TRIES: Final = 5
# Codes that one case may send in a day; whoever holds the link cannot fill a mailbox with it.
MOST_A_DAY: Final = 5
# So long a browser that proved itself stays let in.
STAY: Final = timedelta(hours=2)
SESSION: Final = "cases.guest"


def send_code(case: Case) -> bool:
    """Mail a new code; False where there is no address, or too many were sent today."""
    code = f"{secrets.randbelow(10**6):06d}"
    with transaction.atomic():
        row = MailCode.objects.select_for_update().filter(case=case).first()
        now = clock.now()
        times = row.times + 1 if row and now - row.sent < timedelta(days=1) else 1
        if not case.email or times > MOST_A_DAY:
            return False
        said = {"digest": _digest(case, code), "sent": now, "tries": 0, "times": times}
        MailCode.objects.update_or_create(case=case, defaults=said)
        return mails.write(case, "code", key=f"code:{now.timestamp()}:{times}", code=code)


def check_code(case: Case, code: str) -> bool:
    """Whether this is the code that was mailed last; it works once, and not after five tries."""
    with transaction.atomic():
        row = MailCode.objects.select_for_update().filter(case=case).first()
        if row is None or row.tries >= MOST_TRIES or clock.now() - row.sent > LASTS:
            return False
        given = "".join(one for one in code if one.isdigit())
        if not hmac.compare_digest(row.digest, _digest(case, given)):
            row.tries += 1
            row.save(update_fields=["tries"])
            return False
        row.digest = ""
        row.save(update_fields=["digest"])
    return True


def _digest(case: Case, code: str) -> str:
    said = f"{case.pk}|{code}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


def let_in(request: HttpRequest, case: Case) -> None:
    """This browser has begun the case, or has proved that it reads the mailbox."""
    until = (clock.now() + STAY).timestamp()
    request.session[SESSION] = {**_alive(request), str(case.public_id): until}


def is_in(request: HttpRequest, case: Case) -> bool:
    """Whether this browser may see what is in a guest's case; looking keeps it open."""
    if str(case.public_id) not in _alive(request):
        return False
    let_in(request, case)
    return True


def begun_here(request: HttpRequest) -> list[str]:
    """Public ids of the guest's cases that this browser may see."""
    return list(_alive(request))


def _alive(request: HttpRequest) -> dict[str, float]:
    now = clock.now().timestamp()
    return {one: until for one, until in request.session.get(SESSION, {}).items() if until > now}


def take_over(request: HttpRequest, account: object) -> None:
    """After signing in: drafts that were begun in this browser as a guest are the account's."""
    mine = Case.objects.filter(public_id__in=begun_here(request), account=None, state="draft")
    mine.update(account=account)
