"""One request as the API's parts see it, be it of its own or a part of a batch."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass


def _free(method: str) -> None:
    """Nobody counts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request. Header names are in lower case.

    `path` lies below the service's root `base`, without slashes at its ends; `body` reads the body
    when it is first asked for. `count` counts a request of a batch for whoever sends it, and raises
    Problem (429) where that is one too many.
    """

    method: str
    path: str
    query: bytes
    headers: Mapping[str, str]
    base: str
    body: Callable[[], Awaitable[bytes]]
    count: Callable[[str], None] = _free

    @property
    def authorization(self) -> str:
        """The credentials as they came; empty where there are none."""
        return self.headers.get("authorization", "")

    @property
    def kind(self) -> str:
        """The media type of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()
