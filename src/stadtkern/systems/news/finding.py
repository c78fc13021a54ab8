"""The public news, and those among them that an address asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from stadtkern.kernel.catalogue.find.words import terms
from stadtkern.kernel.places.models import Area
from stadtkern.systems.news.kinds import THEMES
from stadtkern.systems.news.models import Article


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What the address asks for; what makes no sense is left out."""

    q: str = ""
    theme: str = ""
    area: int | None = None

    @classmethod
    def of(cls, said: Mapping[str, str]) -> "Wish":
        """From the query of an address."""
        area = said.get("area", "")
        return cls(
            q=said.get("q", "").strip()[:200],
            theme=said["theme"] if said.get("theme") in THEMES else "",
            area=int(area) if area.isascii() and area.isdecimal() and len(area) < 10 else None,
        )


def find(wish: Wish) -> QuerySet[Article]:
    """Warnings first, then the newest. News without a district concern every district."""
    rows = Article.objects.public().light()
    if wish.theme:
        rows = rows.filter(theme=wish.theme)
    if wish.area:
        rows = rows.filter(Q(area=wish.area) | Q(area=None))
    for word in terms(wish.q):
        found = [Q(**{f"{name}__icontains": word}) for name in ("title", "title_en", "text",
                                                                 "text_en")]  # fmt: skip
        rows = rows.filter(found[0] | found[1] | found[2] | found[3])
    return rows.order_by("-warning", "-begins", "-id")


def districts() -> list[Area]:
    """The districts that public news name."""
    used = Article.objects.public().exclude(area=None).values("area")
    return list(Area.objects.filter(pk__in=used).only("name").order_by("name"))
