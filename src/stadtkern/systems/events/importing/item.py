"""An entry of somebody else's calendar, whatever format it came in."""

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from stadtkern.kernel.catalogue.find.words import fold
from stadtkern.systems.events.kinds import WORDS

TAG = re.compile(r"<[^>]*>")
BREAK = re.compile(r"(?i)<br\s*/?>|</p>|</li>")


class NotRead(Exception):
    """A document is not what it should be; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """One date of a series that is different."""

    original: datetime
    begins: datetime
    ends: datetime
    cancelled: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One event. `without` are dates that the series leaves out."""

    uid: str
    title: str
    begins: datetime
    ends: datetime
    text: str = ""
    all_day: bool = False
    rule: str = ""
    without: tuple[datetime, ...] = ()
    changed: tuple[Changed, ...] = ()
    where: str = ""
    lon: float | None = None
    lat: float | None = None
    url: str = ""
    tags: tuple[str, ...] = ()
    organiser: str = ""
    price: str = ""
    free: bool = False
    cancelled: bool = False

    @property
    def digest(self) -> str:
        """The same as long as it says the same."""
        return hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()

    def category(self, otherwise: str) -> str:
        """The interest that its tags or its title speak of."""
        said = fold(" ".join((*self.tags, self.title)))
        return next(
            (slug for slug, words in WORDS.items() if any(word in said for word in words)),
            otherwise,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a document holds. `left_out` says how many entries could not be used, by reason."""

    items: tuple[Item, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)


def plain(text: object) -> str:
    """Text without markup; paragraphs stay."""
    told = html.unescape(TAG.sub("", BREAK.sub("\n", str(text or ""))))
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in told.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def web_address(text: object) -> str:
    """An http address, or nothing: other schemes do not belong in a link."""
    said = str(text or "").strip()
    return said[:500] if said.startswith(("https://", "http://")) else ""
