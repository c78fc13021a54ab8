"""The installed city systems: which are on, what they bring, and what their checks find."""

from dataclasses import dataclass
from importlib.metadata import entry_points

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.contract import System
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff import problems
from stadtkern.site.staff.page import page

PARTS: dict[str, str | Promise] = {
    "place_kinds": _("place kinds"),
    "thing_kinds": _("thing kinds"),
    "profiles": _("device profiles"),
    "layers": _("map layers"),
    "tiles": _("tiles"),
    "services": _("services"),
    "jobs": _("jobs"),
    "listens": _("listeners"),
    "permissions": _("permissions"),
    "roles": _("roles"),
    "personal_data": _("kinds of personal data"),
    "checks": _("checks"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A system as the page shows it."""

    system: System
    on: bool
    version: str
    parts: list[tuple[int, str | Promise]]
    found: list[problems.Found]


@staff("devices.see")
def systems(request: HttpRequest) -> HttpResponse:
    """All installed systems; the checks of those that are on run now."""
    versions = {e.name: e.dist.version for e in entry_points(group=registry.GROUP) if e.dist}
    rows = [_row(system, versions.get(system.slug, "")) for system in registry.installed()]
    return page(request, "systems", rows=rows, found=[f for row in rows for f in row.found])


def _row(system: System, version: str) -> Row:
    on = registry.is_on(system.slug)
    counted = [(len(getattr(system, part)), title) for part, title in PARTS.items()]
    return Row(
        system=system,
        on=on,
        version=version,
        parts=[pair for pair in counted if pair[0]],
        found=list(problems.of_system(system)) if on else [],
    )
