"""Announce something to all who want its topic: once, however often it is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from stadtkern.kernel import clock
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.kernel.push.models import Announcement

USEFUL = timedelta(days=1)
TO_ALL = """
insert into push_sending (announcement_id, subscription_id, state, due, tries, problem)
select %s, id, 'waiting', %s, 0, '' from push_subscription where %s = any(topics)
on conflict do nothing
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What to say: `key` names it for ever, `page` and `args` where it leads.

    `topic` is `<system>.<slug>`; after `until` nobody is told any more.
    """

    key: str
    topic: str
    title: str
    page: str
    args: Sequence[str] = ()
    title_en: str = ""
    text: str = ""
    text_en: str = ""
    urgent: bool = False
    until: datetime | None = None


@transaction.atomic
def announce(news: News) -> bool:
    """Queue it for everybody in the caller's transaction; False where it has been announced."""
    made, new = Announcement.objects.get_or_create(
        key=news.key,
        defaults={
            "topic": news.topic, "title": news.title[:120], "title_en": news.title_en[:120],
            "text": news.text[:300], "text_en": news.text_en[:300], "page": news.page,
            "args": list(news.args), "urgent": news.urgent,
            "until": news.until or clock.now() + USEFUL,
        },
    )  # fmt: skip
    if not new:
        return False
    with connection.cursor() as cursor:
        cursor.execute(TO_ALL, [made.pk, clock.now(), news.topic])
        told = cursor.rowcount
    if told:
        perform.defer(call="stadtkern.kernel.push.send.soon", number=made.pk)
    return True
