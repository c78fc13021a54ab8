"""What a person asks of the catalogue, as the address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from django.http import QueryDict

from stadtkern.kernel.catalogue.find.words import LONGEST

Box = tuple[float, float, float, float]
SORTS: Final = ("relevance", "newest", "title", "used")
FACETS: Final = ("theme", "has", "format", "rhythm", "licence", "publisher", "hvd", "origin")
MOST_CHOICES = 20
LAST_PAGE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Words, chosen values of facets, a box (west, south, east, north in WGS 84), order, page."""

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    box: Box | None = None
    sort: str = ""
    page: int = 1

    @property
    def order(self) -> str:
        """The order: by fit where there are words, else the newest first."""
        return self.sort or ("relevance" if self.text else "newest")

    @property
    def box_text(self) -> str:
        """The box as the address says it."""
        return ",".join(str(edge) for edge in self.box or ())

    def with_text(self, text: str) -> "Asked":
        """The same with other words."""
        return replace(self, text=text)


def asked(query: QueryDict) -> Asked:
    """Of an address; what it does not understand counts as not said."""
    sort = query.get("sort", "")
    chosen = {key: tuple(dict.fromkeys(query.getlist(key)[:MOST_CHOICES])) for key in FACETS}
    return Asked(
        text=query.get("q", "").replace("\x00", "").strip()[:LONGEST],
        chosen={
            key: told for key, values in chosen.items()
            if (told := tuple(value.replace("\x00", "") for value in values if value))
        },
        box=box_of(query.get("box", "")),
        sort=sort if sort in SORTS else "",
        page=_page(query.get("page", "")),
    )  # fmt: skip


def box_of(text: str) -> Box | None:
    """`7.1,51.5,7.3,51.6`; None where it is none on earth."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    right = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return (west, south, east, north) if right else None


def _page(text: str) -> int:
    return min(max(int(text), 1), LAST_PAGE) if text.isdecimal() and len(text) < 6 else 1
