"""Gets a document from another server, without harm: where it may ask, how much, how long."""

import base64
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

import httpx
import msgspec
from django.utils.translation import gettext as _

from stadtkern.kernel import outward, registry
from stadtkern.kernel.catalogue.harvest.found import Leaf

ACCEPT: Final = (
    "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, application/json;q=0.7,"
    " */*;q=0.1"
)
TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
# Bytes and seconds for one document, and how often it may send us on.
MOST: Final = 60 * 1024**2
LONGEST: Final = 180.0
REDIRECTS: Final = 5
PARSING: Final = 300


class NotRead(Exception):
    """A document could not be got or read; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What came. `unchanged` where the other side says that we have it already."""

    url: str
    body: bytes = b""
    kind: str = ""
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False


def get(url: str, *, etag: str = "", last_modified: str = "") -> Document:
    """A document; with what is known of it, only if it changed (RFC 9110, 13.1).

    Raises NotRead. Each address on the way is checked by itself, and no proxy is asked.
    """
    known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {"Accept": ACCEPT, "User-Agent": "Stadtkern", "Accept-Encoding": "gzip, deflate"}
    headers |= {name: value for name, value in known.items() if value}
    with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
        for _step in range(REDIRECTS + 1):
            answer = _one(client, url, headers)
            if isinstance(answer, Document):
                return answer
            url = answer
    raise NotRead(_("The address leads on and on."))


def _one(client: httpx.Client, url: str, headers: dict[str, str]) -> Document | str:
    """The document, or the address that it is said to be at."""
    try:
        way = outward.way_to(
            url, networks=registry.city().catalogue.private_networks,
            setting="[catalogue] private_networks",
        )  # fmt: skip
        request = client.build_request(
            "GET", way.url, headers={**headers, "Host": way.host_header},
            extensions={"sni_hostname": way.host},
        )  # fmt: skip
        answer = client.send(request, stream=True)
        try:
            return _taken(answer, url)
        finally:
            answer.close()
    except outward.Refused as refused:
        raise NotRead(str(refused)) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise NotRead(f"{type(error).__name__}: {error}"[:300]) from None


def _taken(answer: httpx.Response, url: str) -> Document | str:
    headers = answer.headers
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        return Document(url=url, unchanged=True)
    if answer.is_redirect and headers.get("Location"):
        return urljoin(url, headers["Location"])
    if answer.status_code != httpx.codes.OK:
        raise NotRead(
            _("%(url)s answers with %(code)s.") % {"url": url, "code": answer.status_code}
        )
    return Document(
        url=url, body=_body(answer), kind=headers.get("Content-Type", ""),
        etag=headers.get("ETag", "")[:500], last_modified=headers.get("Last-Modified", "")[:100],
    )  # fmt: skip


def _body(answer: httpx.Response) -> bytes:
    """Counted as it is unpacked, so that a small file cannot become a huge one."""
    begun, size, parts = time.monotonic(), 0, []
    for part in answer.iter_bytes(65536):
        size += len(part)
        if size > MOST:
            raise NotRead(_("The document is larger than %(size)s MB.") % {"size": MOST // 1024**2})
        if time.monotonic() - begun > LONGEST:
            raise NotRead(_("The document takes longer than %(time)s s.") % {"time": int(LONGEST)})
        parts.append(part)
    return b"".join(parts)


def leaf(document: Document) -> Leaf:
    """The datasets of an RDF document, read in a process of its own. Raises NotRead."""
    order = {
        "body": base64.b64encode(document.body).decode(), "kind": document.kind,
        "base": document.url,
    }  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-m", "stadtkern.kernel.catalogue.harvest.reading"],
            input=json.dumps(order).encode(), capture_output=True, check=True, timeout=PARSING,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotRead(_("Reading the document takes too long.")) from None
    except subprocess.CalledProcessError as error:
        last = (error.stderr.decode(errors="replace").strip().splitlines() or [""])[-1]
        raise NotRead(_("The document cannot be read: %(why)s") % {"why": last[:300]}) from None
    answer = msgspec.json.decode(done.stdout)
    if "refused" in answer:
        raise NotRead(_("The document cannot be read: %(why)s") % {"why": answer["refused"]})
    return msgspec.convert(answer, Leaf)
