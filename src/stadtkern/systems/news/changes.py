"""What is done to an article: written, published, withdrawn, announced."""

from django.db import transaction
from django.utils.text import slugify

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.push.announce import News, announce
from stadtkern.systems.news.models import Article

RESERVED = ("preview", "feed")
Actor = Account | str
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe",
                         "Ü": "Ue"})  # fmt: skip


def slug_for(title: str) -> str:
    """An address that is free."""
    stem = slugify(title.translate(UMLAUTS))[:60].strip("-") or "nachricht"
    taken = set(Article.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    if stem not in taken and stem not in RESERVED:
        return stem
    return next(name for n in range(2, 10_000) if (name := f"{stem}-{n}") not in taken)


@transaction.atomic
def save(actor: Actor, article: Article) -> Article:
    """Store what was written."""
    new = article.pk is None
    article.slug = article.slug or slug_for(article.title)
    article.changed = clock.now()
    article.save()
    record(actor, "news.create" if new else "news.change", article, title=article.title)
    announce_due()
    return article


@transaction.atomic
def decide(actor: Actor, number: int, state: str) -> Article:
    """Publish (from its time on) or withdraw."""
    article = Article.objects.select_for_update().defer("large", "small").get(pk=number)
    article.state, article.changed = state, clock.now()
    article.save(update_fields=["state", "changed"])
    record(actor, f"news.{state}", article, title=article.title)
    announce_due()
    return article


@transaction.atomic
def announce_due() -> int:
    """Tell phones of what became public and asks for it; each article once."""
    rows = Article.objects.public().filter(push=True, announced=None).defer("large", "small")
    due = list(rows.select_for_update(skip_locked=True))
    for one in due:
        announce(News(
            key=f"news:{one.pk}", topic="news.warnings" if one.warning else f"news.{one.theme}",
            title=one.title, title_en=one.title_en, text=one.text[:160], text_en=one.text_en[:160],
            page="news:article", args=[one.slug], urgent=one.warning, until=one.ends,
        ))  # fmt: skip
    Article.objects.filter(pk__in=[one.pk for one in due]).update(announced=clock.now())
    return len(due)
