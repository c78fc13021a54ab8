"""The staff menu: only the pages that a person's roles open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.ui.context import Link
from stadtkern.site.staff.alerts import signs

# A label, the name of a page, and the group in which it stands.
Entry = tuple[str | Promise, str, str]

GROUPS: dict[str, str | Promise] = {
    "": "",
    "services": _("Services"),
    "mobility": _("Mobility"),
    "green": _("Environment and energy"),
    "city": _("City life"),
    "data": _("Data"),
    "things": _("Devices"),
    "operation": _("Operation"),
}
# Themes of systems that stand together.
TOGETHER = {"air": "green", "climate": "green", "water": "green", "energy": "green"}
# Up to so many entries are all shown.
FEW = 14

PAGES: tuple[Entry, ...] = (
    (_("Overview"), "staff", ""),
    (_("Devices"), "staff-devices", "things"),
    (_("Alerts"), "staff-alerts", "things"),
    (_("Uplinks"), "staff-uplinks", "things"),
    (_("Downlinks"), "staff-downlinks", "things"),
    (_("Gateways"), "staff-gateways", "things"),
    (_("Device profiles"), "staff-profiles", "things"),
    (_("Networks"), "staff-networks", "things"),
    (_("Data quality"), "staff-quality", "data"),
    (_("Data projects"), "staff-projects", "data"),
    (_("Effects"), "staff-effects", "data"),
    (_("Boards"), "staff-boards", "data"),
    (_("Payments"), "staff-payments", "services"),
    (_("Absences"), "staff-absences", "services"),
    (_("Jobs"), "staff-jobs", "operation"),
    (_("Systems"), "staff-systems", "operation"),
    (_("Audit log"), "staff-audit", "operation"),
    (_("People"), "staff-people", "operation"),
    (_("Departments"), "staff-departments", "operation"),
    (_("Sign-in services"), "staff-identity", "operation"),
    (_("API keys"), "staff-keys", "operation"),
)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Entries under one heading; the first group of all has none."""

    title: str | Promise
    links: tuple[Link, ...]
    is_open: bool


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the menu, worked out only where a template asks for it."""
    menu = SimpleLazyObject(lambda: groups(request))
    return {
        "staff_groups": menu,
        "staff_nav": SimpleLazyObject(lambda: [link for group in menu for link in group.links]),
    }


def groups(request: HttpRequest) -> list[Group]:
    """The kernel's pages and those of the systems that are on, as this person may open them.

    Of many entries only those beside the current page stand open.
    """
    person = request.user
    if not isinstance(person, Account) or not person.is_staff:
        return []
    shown = [
        (_counted(label, url), url, group)
        for label, name, group in _entries(person)
        if (url := _address(person, name))
    ]
    links = _marked([(label, url) for label, url, _group in shown], request.path)
    found = []
    for group, title in GROUPS.items():
        mine = tuple(link for link, (*_, where) in zip(links, shown, strict=True) if where == group)
        is_open = len(shown) <= FEW or any(link.current for link in mine)
        if mine:
            found.append(Group(title=title, links=mine, is_open=is_open))
    return found


def _entries(person: Account) -> Iterator[Entry]:
    yield from PAGES
    for system, nav in registry.nav("staff"):
        group = TOGETHER.get(system.theme, system.theme)
        yield nav.label, nav.to, group if group in GROUPS else "city"
    if person.is_superuser:
        yield _("All tables"), "admin:index", "operation"


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
