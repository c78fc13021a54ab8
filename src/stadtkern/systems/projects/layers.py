"""What map and dashboard show of the projects."""

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Pin, Reading
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.projects import finding
from stadtkern.systems.projects.content import STATUSES, Spot
from stadtkern.systems.projects.finding import Entry


def pins() -> Iterator[Pin]:
    """The places of all public projects."""
    return pins_of(finding.public())


def pins_of(entries: Iterable[Entry]) -> Iterator[Pin]:
    """The places of these projects that have a position."""
    for one in entries:
        for spot in one.content.drawn:
            yield _pin(one, spot)


def _pin(one: Entry, spot: Spot) -> Pin:
    sign, word = STATUSES[one.content.status]
    english = spot.name_en if get_language() == "en" else ""
    return Pin(
        place=spot.key, name=one.title, lon=spot.lon or 0, lat=spot.lat or 0, state=sign,
        label="", text=f"{word}, {english or spot.name}",
        url=reverse("projects:project", args=[one.slug]),
    )  # fmt: skip


def projects_tile() -> Reading | None:
    """How many projects are running, and when the list last changed."""
    found = finding.public()
    if not found:
        return None
    running = sum(one.content.status == "running" for one in found)
    versions = [one.project.published.at for one in found if one.project.published]
    return Reading(
        value=figure(running),
        unit=ngettext("project running", "projects running", running),
        source=_("Project map of the city of %(city)s") % {"city": registry.city().city.name},
        at=max(versions),
        stale=False,
        detail=ngettext("%(count)d project in all", "%(count)d projects in all", len(found))
        % {"count": len(found)},
        url=reverse("projects:home"),
    )
