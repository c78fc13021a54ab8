"""Gets an outside calendar: a file by GET, a server by CalDAV's calendar-query (RFC 4791, 7.8)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import httpx
from defusedxml import ElementTree
from django.utils.translation import gettext as _

from stadtkern.kernel import outward, registry, sealing
from stadtkern.kernel.bookings.models import Source

TIMEOUT = httpx.Timeout(20.0, connect=10.0)
MOST = 5 * 1024**2
REDIRECTS = 3
DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"
QUERY = """<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:prop><d:getetag/><c:calendar-data/></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">
<c:time-range start="{first:%Y%m%dT%H%M%SZ}" end="{last:%Y%m%dT%H%M%SZ}"/>
</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"""


class NotRead(Exception):
    """A calendar could not be got or understood; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Got:
    """Calendar files; `unchanged` where the other side says that we have them already."""

    texts: tuple[str, ...] = ()
    etag: str = ""
    unchanged: bool = False


def get(source: Source, first: datetime, last: datetime) -> Got:
    """What the outside calendar says of a span. Raises NotRead."""
    if source.kind == "caldav":
        return _query(source, first.astimezone(UTC), last.astimezone(UTC))
    headers = {"If-None-Match": source.etag} if source.etag else {}
    answer = _ask(source, "GET", headers | {"Accept": "text/calendar, */*;q=0.1"})
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        return Got(unchanged=True, etag=source.etag)
    if answer.status_code != httpx.codes.OK:
        raise NotRead(_("The calendar answers with %(code)s.") % {"code": answer.status_code})
    return Got(texts=(answer.text,), etag=answer.headers.get("ETag", "")[:200])


def _query(source: Source, first: datetime, last: datetime) -> Got:
    headers = {"Depth": "1", "Content-Type": "application/xml; charset=utf-8"}
    answer = _ask(source, "REPORT", headers, QUERY.format(first=first, last=last))
    if answer.status_code != httpx.codes.MULTI_STATUS:
        raise NotRead(_("The calendar answers with %(code)s.") % {"code": answer.status_code})
    try:
        tree = ElementTree.fromstring(answer.content)
    except (ElementTree.ParseError, ValueError) as error:
        raise NotRead(f"{type(error).__name__}: {error}"[:300]) from None
    return Got(texts=tuple(one.text for one in tree.iter(DATA) if one.text))


def _ask(source: Source, verb: str, headers: dict[str, str], body: str = "") -> httpx.Response:
    """Each address on the way is checked; the password goes only to the host it is for."""
    url, home = source.url.replace("webcal://", "https://", 1), urlsplit(source.url).hostname
    with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
        for _step in range(REDIRECTS + 1):
            ours = urlsplit(url).hostname == home
            answer = _one(client, verb, url, headers, body, source if ours else None)
            if not (answer.is_redirect and answer.headers.get("Location")):
                return answer
            url = urljoin(url, answer.headers["Location"])
    raise NotRead(_("The address leads on and on."))


def _one(
    client: httpx.Client, verb: str, url: str, headers: dict[str, str], body: str,
    known: Source | None,
) -> httpx.Response:  # fmt: skip
    try:
        way = outward.way_to(url, networks=registry.city().bookings.private_networks,
                             setting="[bookings] private_networks")  # fmt: skip
        login = None
        if known is not None and known.user:
            login = httpx.BasicAuth(known.user, sealing.unseal(known.secret))
        request = client.build_request(
            verb, way.url, content=body or None, extensions={"sni_hostname": way.host},
            headers={**headers, "Host": way.host_header, "User-Agent": "Stadtkern"},
        )  # fmt: skip
        answer = client.send(request, stream=True, auth=login)
        try:
            return _whole(answer)
        finally:
            answer.close()
    except (outward.Refused, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise NotRead(f"{type(error).__name__}: {error}"[:300]) from None


def _whole(answer: httpx.Response) -> httpx.Response:
    """With its body, counted as it comes."""
    parts, size = [], 0
    for part in answer.iter_bytes(65536):
        size += len(part)
        if size > MOST:
            raise NotRead(_("The calendar is larger than %(size)s MB.") % {"size": MOST // 1024**2})
        parts.append(part)
    bare = {n: v for n, v in answer.headers.items() if n.lower() != "content-encoding"}
    return httpx.Response(answer.status_code, headers=bare, content=b"".join(parts))
