"""The forum's screens: what is counted, and documents that leave by a code instead of a file."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Document
from stadtkern.systems.digital_forum.models import Pickup, Screen, ScreenCount

LASTS: Final = timedelta(minutes=10)
# No vowels and nothing that looks alike: it is typed from a screen.
LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ23456789"
LENGTH: Final = 8


def count(screen: Screen, topic: str, outcome: str, page: str = "") -> None:
    """One more of these on this day; who it was is known to nobody."""
    row, _new = ScreenCount.objects.get_or_create(
        day=timezone.localdate(clock.now()), screen=screen, topic=topic[:20], outcome=outcome,
        page=page[:80],
    )  # fmt: skip
    ScreenCount.objects.filter(pk=row.pk).update(times=F("times") + 1)


def lay_out(document: Document) -> str:
    """A code with which the document can be fetched once, for ten minutes."""
    code = "".join(secrets.choice(LETTERS) for _at in range(LENGTH))
    Pickup.objects.create(
        digest=_digest(code), document=document, created=clock.now(), expires=clock.now() + LASTS
    )
    return code


def waiting(code: str) -> Pickup | None:
    """What lies ready under a code; None where it is wrong, used or too old."""
    rows = Pickup.objects.select_related("document__case")
    found = rows.filter(digest=_digest(code), used=None, expires__gt=clock.now()).first()
    return found if found and found.document.scan == "clean" else None


def fetch(code: str) -> Document | None:
    """The document, once."""
    with transaction.atomic():
        rows = Pickup.objects.select_for_update(of=("self",)).select_related("document__case")
        found = rows.filter(digest=_digest(code), used=None, expires__gt=clock.now()).first()
        if found is None or found.document.scan != "clean":
            return None
        found.used = clock.now()
        found.save(update_fields=["used"])
    return found.document


def _digest(code: str) -> str:
    spelt = "".join(one for one in code.upper() if one in LETTERS)
    said = f"digital_forum.pickup|{spelt}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


def tidy() -> int:
    """Codes that are over go."""
    return Pickup.objects.filter(expires__lt=clock.now() - timedelta(hours=1)).delete()[0]
