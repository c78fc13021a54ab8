"""How often one caller may ask: a bucket for reads and one for writes, in this process alone."""

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from stadtkern.kernel import registry
from stadtkern.kernel.sensorthings.problem import Problem

# A bucket holds what may be asked in so many seconds.
WINDOW = 60.0
# So many callers are remembered; beyond it, those are forgotten that came first.
MOST = 50_000
# So many bytes of a body count as one write; a body of unknown length as UNKNOWN writes.
BYTES, UNKNOWN = 10_000, 100
_READS = ("GET", "HEAD", "OPTIONS")
Headers = tuple[tuple[str, str], ...]


@dataclass(kw_only=True)
class Buckets:
    """Of each caller just one number: when its bucket will be full again."""

    name: str
    most: int = MOST
    _full: dict[int, float] = field(default_factory=dict)

    def take(self, caller: int, cost: int, limit: int, now: float) -> Headers:
        """Take from a caller's bucket; headers that say how much is left.

        What costs more than a whole bucket passes when that is full.
        Raises Problem (429): there is not enough in it now.
        """
        each = WINDOW / limit
        before = max(self._full.get(caller, now), now)
        after = before + min(cost * each, WINDOW)
        if after > now + WINDOW + 1e-9:
            raise self._refusal(limit, after - now - WINDOW)
        if len(self._full) >= self.most:
            self._forget(now)
        self._full[caller] = after
        return self._told(limit, int((WINDOW - (after - now)) / each), after - now)

    def __len__(self) -> int:
        return len(self._full)

    def _forget(self, now: float) -> None:
        for caller in [one for one, full in self._full.items() if full <= now]:
            del self._full[caller]
        for caller in list(islice(self._full, max(0, len(self._full) - self.most * 9 // 10))):
            del self._full[caller]

    def _told(self, limit: int, left: int, full: float) -> Headers:
        return (
            ("RateLimit-Policy", f'"{self.name}";q={limit};w={WINDOW:.0f}'),
            ("RateLimit", f'"{self.name}";r={left};t={full:.0f}'),
        )

    def _refusal(self, limit: int, wait: float) -> Problem:
        seconds = max(1, int(wait + 1))
        message = f"too many {self.name}: at most {limit} a minute; go on in {seconds} s"
        told = self._told(limit, 0, WINDOW + wait)
        return Problem(429, message, ("Retry-After", str(seconds)), *told)


_reads, _writes = Buckets(name="reads"), Buckets(name="writes")


def check(scope: Mapping[str, Any], headers: Mapping[str, str]) -> Headers:
    """Count a request; headers for its answer, none where there is no limit.

    It counts for its key or token, unchecked, and without one for its address.
    Raises Problem (429): this caller has asked too often.
    """
    api = registry.city().api
    client = scope.get("client")
    address = _network(client[0], api.unlimited_from) if client else ""
    reading = scope["method"] in _READS
    limit = api.reads_per_minute if reading else api.writes_per_minute
    if not address or not limit:
        return ()
    caller = hash(headers.get("authorization") or address)
    buckets, cost = (_reads, 1) if reading else (_writes, _size(headers))
    return buckets.take(caller, cost, limit, time.monotonic())


def _size(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "")
    if length.isdecimal() and len(length) < 16:
        return 1 + int(length) // BYTES
    return UNKNOWN if "transfer-encoding" in headers else 1


@lru_cache(maxsize=10_000)
def _network(address: str, unlimited: tuple[str, ...]) -> str:
    """What counts as one caller: an IPv4 address or an IPv6 /64; empty where nothing is counted."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    if any(found in ipaddress.ip_network(one) for one in unlimited):
        return ""
    return str(found) if found.version == 4 else str(ipaddress.ip_network((int(found), 64), False))
