"""Where people see their case: the pages of whichever system shows cases to them."""

from typing import Final

from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils.translation import override

from stadtkern.kernel.cases.models import Case, CoSign
from stadtkern.kernel.post.address import base

_names: Final[dict[str, str]] = {}


def show_with(**names: str) -> None:
    """Name the pages: `case` (public id), `guest` and `sign` (token), `cases` (the list)."""
    _names.update(names)


def path(case: Case) -> str:
    """The path of the case's own page, in its language; a guest's needs the token. Else `/`."""
    if case.account_id is None:
        return _path("guest", case.token, case.language)
    return _path("case", str(case.public_id), case.language)


def page(case: Case) -> str:
    """The full address of that page, for mails."""
    return f"{base()}{path(case)}"


def sign_page(row: CoSign) -> str:
    """The full address where somebody else signs a case."""
    return f"{base()}{_path('sign', row.token, row.case.language)}"


def list_path() -> str:
    """The page with one's cases in the reader's language; empty where no system shows cases."""
    _ = get_resolver().url_patterns
    try:
        return reverse(_names["cases"])
    except (KeyError, NoReverseMatch):
        return ""


def _path(what: str, given: str, language: str) -> str:
    # Pages say their names when the addresses are loaded, which a worker has not done yet.
    _ = get_resolver().url_patterns
    with override(language):
        try:
            return reverse(_names[what], args=[given])
        except (KeyError, NoReverseMatch):
            return "/"
