"""Gets a document from another server, without harm: where it may ask, how much, how long."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx
from django.utils.translation import gettext as _

from stadtkern.kernel import outward

REDIRECTS: Final = 5


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Which private networks may be asked, by which setting of the city; bytes and seconds."""

    networks: Iterable[str]
    setting: str
    most: int = 20 * 1024**2
    longest: float = 60.0
    patience: float = 20.0


def get(
    url: str, limits: Limits, *, accept: str = "*/*", etag: str = "", last_modified: str = "",
    secret: Mapping[str, str] | None = None, check: Callable[[str], None] | None = None,
) -> Document:  # fmt: skip
    """A document; with what is known of it, only if it changed (RFC 9110, 13.1).

    Raises NotRead. Each address on the way is checked by itself (also by `check`), no proxy is
    asked, and the headers in `secret` go only to the host that they are for, never from https to
    http.
    """
    known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {"Accept": accept, "User-Agent": "Stadtkern", "Accept-Encoding": "gzip, deflate"}
    headers |= {name: value for name, value in known.items() if value}
    timeout, home = httpx.Timeout(limits.patience, connect=10.0), urlsplit(url)[:2]
    with httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client:
        for _step in range(REDIRECTS + 1):
            if check:
                check(url)
            own = dict(secret or {}) if urlsplit(url)[:2] == home else {}
            answer = _one(client, url, headers | own, limits)
            if isinstance(answer, Document):
                return answer
            url = answer
    raise NotRead(_("The address leads on and on."))


def _one(
    client: httpx.Client, url: str, headers: Mapping[str, str], limits: Limits
) -> Document | str:
    """The document, or the address that it is said to be at."""
    try:
        way = outward.way_to(url, networks=limits.networks, setting=limits.setting)
        request = client.build_request(
            "GET", way.url, headers={**headers, "Host": way.host_header},
            extensions={"sni_hostname": way.host},
        )  # fmt: skip
        answer = client.send(request, stream=True)
        try:
            return _taken(answer, url, limits)
        finally:
            answer.close()
    except outward.Refused as refused:
        raise NotRead(str(refused)) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError) as error:
        raise NotRead(f"{type(error).__name__}: {error}"[:300]) from None


def _taken(answer: httpx.Response, url: str, limits: Limits) -> Document | str:
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
        url=url, body=_body(answer, limits), kind=headers.get("Content-Type", ""),
        etag=headers.get("ETag", "")[:500], last_modified=headers.get("Last-Modified", "")[:100],
    )  # fmt: skip


def _body(answer: httpx.Response, limits: Limits) -> bytes:
    """Counted as it is unpacked, so that a small file cannot become a huge one."""
    begun, size, parts = time.monotonic(), 0, []
    for part in answer.iter_bytes(65536):
        size += len(part)
        if size > limits.most:
            said = _("The document is larger than %(size)s MB.")
            raise NotRead(said % {"size": limits.most // 1024**2})
        if time.monotonic() - begun > limits.longest:
            said = _("The document takes longer than %(time)s s.")
            raise NotRead(said % {"time": int(limits.longest)})
        parts.append(part)
    return b"".join(parts)
