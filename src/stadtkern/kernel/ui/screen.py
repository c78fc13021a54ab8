"""A browser that belongs to a room: its pages say so, warn, and lead back when nobody is there."""

import re
from dataclasses import asdict, dataclass
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE: Final = "public_screen"
SALT: Final = "ui.public_screen"
# In the session: what somebody came for, so that it can be counted how it ended.
TOPIC: Final = "public_screen.topic"
PAGE: Final = re.compile(r"[a-z0-9_:.-]{1,80}")


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicScreen:
    """`key` names the screen; `start`, `end` and `idle` are paths, `seconds` until it is left."""

    key: str
    start: str
    end: str
    idle: str
    seconds: int


def of(request: HttpRequest) -> PublicScreen | None:
    """The screen whose browser asks; None for everybody's own."""
    text = request.COOKIES.get(COOKIE, "")
    if not text:
        return None
    try:
        return PublicScreen(**signing.loads(text, salt=SALT))
    except (signing.BadSignature, TypeError):
        return None


def mark(answer: HttpResponse, screen: PublicScreen) -> None:
    """From now on this browser is that screen, until its cookies are cleared."""
    answer.set_cookie(
        COOKIE, signing.dumps(asdict(screen), salt=SALT), httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def page_of(request: HttpRequest) -> str:
    """What kind of page it is, without anything of the person: the name of its address."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else ""


def is_page(text: str) -> bool:
    """Whether it can be such a name, as it came back from a form."""
    return bool(PAGE.fullmatch(text))
