"""What every page's frame shows: the city, the menus, the languages, the way to the account."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, get_script_prefix, reverse, translate_url
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from stadtkern.kernel import registry
from stadtkern.kernel.ui import screen


@dataclass(frozen=True, kw_only=True)
class Link:
    """A menu entry; `current` is the value of aria-current, or nothing."""

    label: str | Promise
    url: str
    current: str = ""


@dataclass(frozen=True, kw_only=True)
class OtherLanguage:
    """The same page in the other language."""

    code: str
    name: str
    url: str


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the frame, with the account of whoever is signed in."""
    return {**frame(request), "account": _account(request)}


def frame(request: HttpRequest) -> dict[str, Any]:
    """What the frame needs without asking the database."""
    language = get_language() or settings.LANGUAGE_CODE
    home = _home(language)
    return {
        "city": registry.city(),
        "language": language,
        "other_language": _other_language(request, language),
        "home_url": home,
        "staff_url": f"{home}staff/",
        "nav": _menu("public", getattr(settings, "STADTKERN_NAV", ()), request),
        "staff_nav": _menu("staff", getattr(settings, "STADTKERN_STAFF_NAV", ()), request),
        "account": Link(label=_("Sign in"), url=resolve_url(settings.LOGIN_URL)),
        "public_screen": screen.of(request),
        "page_name": screen.page_of(request),
    }


def _home(language: str) -> str:
    return get_script_prefix() + ("" if language == settings.LANGUAGE_CODE else f"{language}/")


def _menu(
    audience: str, fixed: Iterable[tuple[str | Promise, str]], request: HttpRequest
) -> list[Link]:
    declared = [(entry.label, entry.to) for _, entry in registry.nav(audience)]
    entries = ((label, _address(name)) for label, name in [*fixed, *declared])
    return _marked([(label, url) for label, url in entries if url], request.path)


def _marked(entries: list[tuple[str | Promise, str]], path: str) -> list[Link]:
    """Of the entries that lead to this page or above it, the longest one is current."""
    above = [url for _, url in entries if path == url or path.startswith(url.rstrip("/") + "/")]
    nearest = max(above, key=len, default=None)
    return [
        Link(label=label, url=url, current=_current(path, url) if url == nearest else "")
        for label, url in entries
    ]


def _current(path: str, url: str) -> str:
    return "page" if path == url else "true"


def _address(name: str) -> str:
    """Empty where no page has this name: the contract test is what refuses such a menu."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _other_language(request: HttpRequest, language: str) -> OtherLanguage | None:
    others = [code for code, _ in settings.LANGUAGES if code != language]
    if not others:
        return None
    here = request.get_full_path()
    there = translate_url(here, others[0])
    name = get_language_info(others[0])["name_local"]
    return OtherLanguage(
        code=others[0], name=name, url=_home(others[0]) if there == here else there
    )


def _account(request: HttpRequest) -> Link:
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return Link(label=_("Account"), url=_address("account"))
    return Link(label=_("Sign in"), url=resolve_url(settings.LOGIN_URL))
