"""Takes the news of other feeds over: nothing twice, and a feed that fails keeps what was."""

from datetime import timedelta

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.harvest import fetch
from stadtkern.systems.news import changes, reading
from stadtkern.systems.news.models import Article, Source
from stadtkern.systems.news.reading import Item


def read_all() -> str:
    """Read every feed that is on."""
    told = [f"{one.name}: {read(one.pk)}" for one in Source.objects.filter(active=True)]
    return "; ".join(told) or "no feeds"


def read(number: int) -> str:
    """Read one feed now; what went wrong stands at the feed."""
    source = Source.objects.filter(pk=number).first()
    if source is None:
        return "no such feed"
    facts: dict[str, object] = {"problem": ""}
    try:
        document = fetch.get(source.url, etag=source.etag, last_modified=source.last_modified)
        told = "unchanged"
        if not document.unchanged:
            told = store(source, reading.read(document.body))
            facts |= {"etag": document.etag, "last_modified": document.last_modified, "said": told}
    except (fetch.NotRead, reading.NotRead) as problem:
        told = str(problem)
        facts = {"problem": told[:500]}
    Source.objects.filter(pk=number).update(checked=clock.now(), **facts)
    return told


@transaction.atomic
def store(source: Source, items: list[Item]) -> str:
    """Take everything over; the same document a second time changes nothing."""
    Source.objects.select_for_update().get(pk=source.pk)
    known = {one.uid: one for one in source.articles.defer("large", "small")}
    oldest = clock.now() - timedelta(days=source.days)
    new = changed = 0
    for item in items:
        one = known.get(item.uid)
        if one is None and (item.at or clock.now()) >= oldest:
            known[item.uid] = _new(source, item)
            new += 1
        elif one is not None and one.digest != item.digest and not one.edited:
            one.title, one.text, one.url, one.digest = item.title, item.text, item.url, item.digest
            one.changed = clock.now()
            one.save()
            changed += 1
    return f"{new} new, {changed} changed"


def _new(source: Source, item: Item) -> Article:
    at = min(item.at or clock.now(), clock.now())
    made = Article.objects.create(
        slug=changes.slug_for(item.title), state="public" if source.trusted else "draft",
        theme=source.theme, title=item.title, text=item.text, url=item.url, begins=at,
        ends=at + timedelta(days=source.days), source=source, uid=item.uid, digest=item.digest,
    )  # fmt: skip
    record(f"feed:{source.pk}", "news.imported", made, title=made.title)
    return made
