"""Reads RSS 2.0, RSS 1.0 and Atom as news."""

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

TAG = re.compile(r"<[^>]*>")
BREAK = re.compile(r"(?i)<br\s*/?>|</p>|</li>|</h\d>")
TEXTS = ("encoded", "content", "description", "summary")
DATES = ("pubdate", "published", "date", "updated")


class NotRead(Exception):
    """A document is no feed; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One entry."""

    uid: str
    title: str
    text: str
    url: str
    at: datetime | None

    @property
    def digest(self) -> str:
        """The same as long as it says the same."""
        return hashlib.sha256(repr((self.title, self.text, self.url)).encode()).hexdigest()


def read(body: bytes) -> list[Item]:
    """The entries that have an identifier and a title. Raises NotRead."""
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NotRead(str(error)[:300]) from None
    found = [_item(one) for one in root.iter() if _name(one) in ("item", "entry")]
    return [one for one in found if one.uid and one.title]


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _parts(entry: Element) -> Iterator[tuple[str, str]]:
    """Names and texts; an Atom link of the page itself says its address in an attribute."""
    for part in entry:
        name, text = _name(part), "".join(part.itertext()).strip()
        if name == "link" and part.get("rel", "alternate") != "alternate":
            continue
        if said := text or part.get("href", ""):
            yield name, said


def _item(entry: Element) -> Item:
    told: dict[str, str] = {}
    for name, text in _parts(entry):
        told.setdefault(name, text)
    url = told.get("link", "")
    return Item(
        uid=(told.get("guid") or told.get("id") or url)[:300],
        title=plain(told.get("title", ""))[:140],
        text=plain(next((told[name] for name in TEXTS if name in told), ""))[:12000],
        url=url[:500] if url.startswith(("https://", "http://")) else "",
        at=next((at for name in DATES if name in told and (at := _instant(told[name]))), None),
    )


def _instant(text: str) -> datetime | None:
    for read_date in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read_date(text)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def plain(text: str) -> str:
    """Text without markup; paragraphs stay."""
    told = html.unescape(TAG.sub("", BREAK.sub("\n", html.unescape(text))))
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in told.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
