"""Follows every link of the running city, some of each sort, and notes what leads nowhere."""

import re
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urldefrag, urlsplit

import httpx
from crawl.reading import Read, read

# Never ends, ends the visit, is a program's own protocol, or may be gone by now.
LEFT_OUT = re.compile(
    r"^/(en/)?(live/|login/passkey/|account/passkeys/|app/messages/|logout/|ocpp/|staff/jobs/\d)"
)
# In the language of whoever they are for.
OWN_LANGUAGE = re.compile(r"^/(en/)?payments/")
VARIES = re.compile(r"^(?:[0-9a-f-]{8,}|.*\d.*)$")
TEXTS = ("text/html", "text/css", "json", "xml", "text/turtle", "text/plain")
LONGEST = 3_000_000  # bytes read of one answer


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many addresses of one sort are asked for; `pages` in all."""

    alike: int  # same path but for numbers and ids
    beside: int  # children of one folder
    asked: int  # same path and names of questions
    pages: int
    seconds: float


@dataclass
class Found:
    """What the visit brought: pages by address, and sentences about what is broken."""

    pages: dict[str, Read] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")


class Crawler:
    """A visit from some addresses on, in the order in which links are found."""

    def __init__(self, client: httpx.Client, base: str, limits: Limits) -> None:
        self.client, self.base, self.limits = client, base, limits
        self.found = Found()
        self.seen: set[str] = set()
        self.asked = 0
        self.counts: Counter[object] = Counter()
        self.waiting: deque[tuple[str, str]] = deque()
        self.anchors: list[tuple[str, str, str]] = []

    def visit(self, *starts: str) -> Found:
        for start in starts:
            self._note(self.base + start, "the start", first=True)
        end = time.monotonic() + self.limits.seconds
        while self.waiting and self.asked < self.limits.pages and time.monotonic() < end:
            self.asked += 1
            self._ask(*self.waiting.popleft())
        self.found.broken += [*self._lost_anchors(), *self._wrong_twins()]
        return self.found

    def _note(self, link: str, source: str, *, first: bool = False) -> None:
        address, anchor = urldefrag(link)
        if not address.startswith(self.base + "/") or LEFT_OUT.match(urlsplit(address).path):
            return
        if anchor:
            self.anchors.append((source, address, unquote(anchor)))
        if address not in self.seen and (first or self._wanted(address)):
            self.seen.add(address)
            self.waiting.append((address, source))

    def _wanted(self, address: str) -> bool:
        """Whether there were few enough of its sort so far."""
        parts = urlsplit(address)
        steps = [step for step in parts.path.split("/") if step]
        if steps and steps[0] == "static":
            return True
        alike = tuple("*" if VARIES.match(step) else step for step in steps)
        names = tuple(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))
        if names:
            return self._room(("asked", alike, names), self.limits.asked)
        if "*" in alike and not self._room(("alike", alike), self.limits.alike):
            return False
        close = len(steps) < 2 + (steps[:1] in (["en"], ["staff"], ["dashboard"], ["api"]))
        return close or self._room(("beside", alike[:-1]), self.limits.beside)

    def _room(self, sort: object, most: int) -> bool:
        self.counts[sort] += 1
        return self.counts[sort] <= most

    def _ask(self, address: str, source: str) -> None:
        began = time.monotonic()
        try:
            with self.client.stream("GET", address) as answer:
                body = b""
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > LONGEST:
                        break
        except httpx.HTTPError as problem:
            self.found.broken.append(f"{address} (from {source}): {problem!r}")
            return
        self.found.slowest = max(self.found.slowest, (time.monotonic() - began, address))
        if answer.is_redirect:
            self._note(str(answer.next_request.url), source, first=True)
        elif answer.status_code == 401 and "www-authenticate" in answer.headers:
            # An interface for partners: it is there, and asks for a key.
            self.found.kinds["a key"] += 1
        elif answer.status_code != httpx.codes.OK:
            self.found.broken.append(f"{address} (from {source}): {answer.status_code}")
        else:
            self._read(address, answer, body)

    def _read(self, address: str, answer: httpx.Response, body: bytes) -> None:
        kind = answer.headers.get("content-type", "").partition(";")[0]
        self.found.kinds[kind] += 1
        if not kind.endswith(TEXTS) or len(body) > LONGEST:
            return
        try:
            told = read(address, kind, body.decode())
        except ValueError as problem:
            self.found.broken.append(f"{address} ({kind}): {problem}")
            return
        if kind == "text/html":
            self.found.pages[address] = told
            self.found.broken += [
                f"{address}: no such file {link}" for link in told.links
                if link.startswith(self.base + "/static/") and "?v=" not in link
                and "/fonts/" not in link
            ]  # fmt: skip
        for link in told.links:
            self._note(link, address)

    def _lost_anchors(self) -> Iterator[str]:
        for source, address, anchor in dict.fromkeys(self.anchors):
            page = self.found.pages.get(address)
            if page and anchor not in page.ids and not anchor.startswith(":~:"):
                yield f"{source}: nothing at {address} is called #{anchor}"

    def _wrong_twins(self) -> Iterator[str]:
        """Twins speak the language they promise and lead back; other links stay in theirs."""
        pages = self.found.pages
        for address, page in pages.items():
            wanted = _promised(address)
            if page.lang and page.lang != wanted:
                yield f"{address} speaks {page.lang}"
            for language, twin in page.twins.items():
                other = pages.get(twin)
                if other and (other.lang != language or _path(address) not in _back(other)):
                    yield f"{address}: its twin {twin} is none"
            apart = {*page.twins.values(), *page.switches}
            for link in {urldefrag(one)[0] for one in page.links} - apart:
                other = pages.get(link)
                if OWN_LANGUAGE.match(_path(link)):
                    continue
                if other and page.lang != other.lang and page.lang in other.twins:
                    yield f"{address} ({page.lang}) leads to {link} ({other.lang})"


def _promised(address: str) -> str:
    """By its folder, or asked for as interfaces are."""
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query)).get("lang")
    return asked or ("en" if re.match(r"/en(/|$)", parts.path) else "de")


def _path(address: str) -> str:
    return urlsplit(address).path


def _back(page: Read) -> set[str]:
    return {_path(twin) for twin in page.twins.values()}
