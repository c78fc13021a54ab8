"""The staff menu: only the pages that a person's roles open."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.ui.context import Link
from stadtkern.site.staff.alerts import signs

Entry = tuple[str | Promise, str]

PAGES: tuple[Entry, ...] = (
    (_("Overview"), "staff"),
    (_("Devices"), "staff-devices"),
    (_("Alerts"), "staff-alerts"),
    (_("Uplinks"), "staff-uplinks"),
    (_("Downlinks"), "staff-downlinks"),
    (_("Gateways"), "staff-gateways"),
    (_("Device profiles"), "staff-profiles"),
    (_("Data quality"), "staff-quality"),
    (_("Networks"), "staff-networks"),
    (_("Data projects"), "staff-projects"),
    (_("Effects"), "staff-effects"),
    (_("Boards"), "staff-boards"),
    (_("Payments"), "staff-payments"),
    (_("Jobs"), "staff-jobs"),
    (_("Systems"), "staff-systems"),
    (_("Audit log"), "staff-audit"),
    (_("People"), "staff-people"),
    (_("API keys"), "staff-keys"),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `staff_nav`, worked out only where a template asks for it."""
    return {"staff_nav": SimpleLazyObject(lambda: entries(request))}


def entries(request: HttpRequest) -> list[Link]:
    """The kernel's pages and those of the systems that are on, as this person may open them."""
    person = request.user
    if not isinstance(person, Account) or not person.is_staff:
        return []
    declared: list[Entry] = [(nav.label, nav.to) for _, nav in registry.nav("staff")]
    tables = [(_("All tables"), "admin:index")] if person.is_superuser else []
    addresses = [(label, _address(person, name)) for label, name in (*PAGES, *declared, *tables)]
    shown = [(_counted(label, url), url) for label, url in addresses if url]
    return _marked(shown, request.path)


def _counted(label: str | Promise, url: str) -> str | Promise:
    """The entry of the alerts says how many nobody has taken on."""
    if url != reverse("staff-alerts"):
        return label
    waiting = signs.waiting()
    return f"{label} ({waiting})" if waiting else label


def _address(person: Account, name: str) -> str:
    """Empty where no page has this name, or its door stays shut for this person."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return ""
    permission = getattr(resolve(url).func, "permission", "")
    return url if not permission or person.may(permission) else ""


def _marked(pages: list[tuple[str | Promise, str]], here: str) -> list[Link]:
    """Of the pages at or above this address, the nearest is the current one."""
    above = [url for _, url in pages if here.startswith(url)]
    nearest = max(above, key=len, default="")
    return [
        Link(label=label, url=url, current=_current(url, here, nearest)) for label, url in pages
    ]


def _current(url: str, here: str, nearest: str) -> str:
    if url != nearest:
        return ""
    return "page" if url == here else "true"
