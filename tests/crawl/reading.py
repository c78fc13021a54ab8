"""What a page or a document leads to: links, anchors, language and its twins."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "audio": "src"}
PRINTED = re.compile(r"""https?://[^\s"'<>\\{}|^`]+""")
IN_STYLE = re.compile(r"url\(['\"]?([^'\")]+)")
# Scripts add a question to these.
ASKED = ("data-replay", "data-words")
JSON_KEYS = ("href", "url", "panel_url", "download_url", "link")


@dataclass
class Read:
    """What was found in one answer; addresses are absolute and still have their anchors."""

    lang: str = ""
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    twins: dict[str, str] = field(default_factory=dict)
    switches: set[str] = field(default_factory=set)
    statics: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """Reads HTML; `read` is what it found."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.read = address, Read()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.read.ids.update(told[name] for name in ("id", "name") if told.get(name))
        if tag == "html":
            self.read.lang = told.get("lang", "")
        for found in self._addresses(tag, told):
            self.read.links.append(urljoin(self.address, found))
        if tag == "link" and told.get("rel") == "alternate" and "hreflang" in told:
            self.read.twins[told["hreflang"]] = urljoin(self.address, told["href"])
        if tag == "a" and ("hreflang" in told or told.get("lang")):
            self.read.switches.add(urldefrag(urljoin(self.address, told.get("href", "")))[0])

    def _addresses(self, tag: str, told: dict[str, str]) -> Iterator[str]:
        if tag in ("a", "area", "link") and told.get("href"):
            yield told["href"]
        if tag in LOADED and told.get(LOADED[tag]):
            yield told[LOADED[tag]]
        if tag in ("img", "source"):
            yield from (part.split()[0] for part in told.get("srcset", "").split(",") if part)
        if tag == "form" and told.get("method", "get").lower() == "get":
            yield told.get("action") or self.address
        yield from (
            value for name, value in told.items()
            if name.startswith("data-") and name not in ASKED and re.match(r"/[a-z]", value)
        )  # fmt: skip


def read(address: str, kind: str, body: str) -> Read:
    """By its media type."""
    if kind == "text/html":
        page = Page(address)
        page.feed(body)
        return page.read
    if kind == "text/css":
        return Read(links=[urljoin(address, found) for found in IN_STYLE.findall(body)])
    if kind == "application/x-ndjson":
        return Read(links=[one for line in body.splitlines() for one in _in_json(json.loads(line))])
    if kind.endswith("json"):
        return Read(links=[urljoin(address, one) for one in _in_json(json.loads(body))])
    if kind.endswith(("xml", "turtle", "plain")):
        return Read(links=[unescape(found).rstrip(".,;)") for found in PRINTED.findall(body)])
    return Read()


def _in_json(told: object, key: str = "") -> Iterator[str]:
    if isinstance(told, dict):
        for name, value in told.items():
            yield from _in_json(value, name)
    elif isinstance(told, list):
        for value in told:
            yield from _in_json(value, key)
    elif isinstance(told, str) and "{" not in told and _is_address(told, key):
        yield told


def _is_address(text: str, key: str) -> bool:
    return text.startswith(("http://", "https://")) or (key in JSON_KEYS and text.startswith("/"))
