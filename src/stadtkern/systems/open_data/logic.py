"""The rules of the portal: who may write how often, visits, what is late, how to cite."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.models import Dataset, Entry
from stadtkern.kernel.contract import State
from stadtkern.systems.open_data.models import Letter, Support, Visits

Text = str | Promise

# A person takes longer than a program, and does not write more often than this in an hour.
QUICKEST: Final = timedelta(seconds=3)
LONGEST: Final = timedelta(hours=12)
PER_HOUR: Final = 5
MARKS_FOR: Final = timedelta(days=30)
LATELY: Final = timedelta(days=30)
SALT: Final = "open_data.letter"
ROBOTS: Final = ("bot", "crawl", "spider", "slurp", "curl", "wget", "python", "monitor")

# How long after its last change a dataset of this rhythm is late: a good half more than it says.
DUE: Final[Mapping[str, timedelta]] = {
    "UPDATE_CONT": timedelta(hours=3),
    "HOURLY": timedelta(hours=6),
    "DAILY": timedelta(days=3),
    "WEEKLY": timedelta(days=12),
    "MONTHLY": timedelta(days=50),
    "QUARTERLY": timedelta(days=140),
    "ANNUAL_2": timedelta(days=280),
    "ANNUAL": timedelta(days=500),
    "BIENNIAL": timedelta(days=900),
}
WORDS: Final[Mapping[str, Mapping[str, Text]]] = {
    Letter.WISH: {
        "new": _("asked"), "checking": _("being checked"), "planned": _("planned"),
        "done": _("published"), "refused": _("not possible"),
    },
    Letter.REPORT: {
        "new": _("received"), "checking": _("being checked"), "planned": _("will be corrected"),
        "done": _("corrected"), "refused": _("stays as it is"),
    },
    Letter.SHOWCASE: {
        "new": _("received"), "checking": _("being checked"), "done": _("shown"),
        "refused": _("not shown"),
    },
}  # fmt: skip
SIGNS: Final[Mapping[str, State]] = {
    "new": "info", "checking": "tight", "planned": "info", "done": "good", "refused": "none",
}  # fmt: skip
KINDS: Final[Mapping[str, Text]] = {
    Letter.WISH: _("Wish for data"),
    Letter.REPORT: _("Error in data"),
    Letter.SHOWCASE: _("Use of data"),
}


def mark_of(address: str, purpose: str) -> str:
    """Stands for an internet address; without the city's secret nobody can turn it back."""
    said = f"{purpose}|{address}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


def stamp() -> str:
    """What a form carries to say when it was opened."""
    return signing.TimestampSigner(salt=SALT).sign("form")


def took_its_time(stamped: str) -> bool:
    """Whether a form was filled in as slowly as people do, and not days ago."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        signer.unsign(stamped, max_age=LONGEST)
    except signing.BadSignature:
        return False
    try:
        signer.unsign(stamped, max_age=QUICKEST)
    except signing.SignatureExpired:
        return True
    return False


def too_many(address: str) -> bool:
    """Whether so many letters came from this address within an hour that no more are taken."""
    since = clock.now() - timedelta(hours=1)
    mark = mark_of(address, "letter")
    return Letter.objects.filter(mark=mark, created__gte=since).count() >= PER_HOUR


def support(letter: Letter, address: str) -> bool:
    """Count one more who wishes it too; False where this address has done so before."""
    mark = mark_of(address, f"support {letter.pk}")
    with transaction.atomic():
        _row, new = Support.objects.get_or_create(letter=letter, mark=mark)
        if new:
            Letter.objects.filter(pk=letter.pk).update(supports=F("supports") + 1)
    return new


def visited(dataset: Dataset, browser: str) -> None:
    """Count a visit of a person; programs that say so do not count."""
    told = browser.lower()
    if not told or any(word in told for word in ROBOTS):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into open_data_visits (dataset_id, day, count) values (%s, %s, 1)"
            " on conflict (dataset_id, day) do update set count = open_data_visits.count + 1",
            [dataset.pk, timezone.localdate()],
        )


def count_visits() -> str:
    """What the order `most used` goes by: the visits of the last thirty days."""
    since = timezone.localdate() - LATELY
    sums = Visits.objects.filter(day__gte=since).values_list("dataset").annotate(n=Sum("count"))
    wanted = dict(sums)
    entries = list(Entry.objects.only("dataset", "used"))
    changed = [one for one in entries if one.used != wanted.get(one.pk, 0)]
    for entry in changed:
        entry.used = wanted.get(entry.pk, 0)
    Entry.objects.bulk_update(changed, ["used"], batch_size=500)
    return f"{len(changed)} datasets are visited more or less than before"


def late(dataset: Dataset, checked: datetime | None) -> bool | None:
    """Whether new data should have come by now; None where no rhythm says so.

    `checked` is when its rows were last read anew, be they changed or not.
    """
    due = DUE.get(dataset.rhythm)
    if due is None:
        return None
    return clock.age(max(checked or dataset.modified, dataset.modified)) > due


def erase_letters(older_than: datetime) -> int:
    """Forget who wrote letters that were settled before; what was said about data stays."""
    settled = Letter.objects.filter(
        changed__lt=older_than, state__in=(Letter.DONE, Letter.REFUSED)
    ).exclude(name="", email="")
    return settled.update(name="", email="")


def erase_supports(older_than: datetime) -> int:
    """Forget from where wishes were supported, and from where letters came; the count stays."""
    gone, _by_kind = Support.objects.filter(at__lt=older_than).delete()
    return gone + Letter.objects.filter(created__lt=older_than).exclude(mark="").update(mark="")
