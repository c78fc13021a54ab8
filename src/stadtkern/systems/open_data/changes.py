"""What changed from one version of a table to the next, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from stadtkern.kernel.catalogue.models import Dataset, Version
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.open_data import cells

MOST = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A version, and what it brought."""

    version: Version
    words: str


def changes(dataset: Dataset, most: int = MOST) -> list[Change]:
    """The newest versions of all its resources, in one statement."""
    rows = (
        Version.objects.filter(resource__dataset=dataset, staged=False)
        .select_related("resource")
        .defer("statistics", "report")
        .order_by("resource", "-number")
    )
    found = list(rows[: most * 4])
    told = [_first(found[-1])] if found else []
    for newer, older in pairwise(found):
        same = newer.resource_id == older.resource_id
        told.append(Change(version=newer, words=_words(newer, older)) if same else _first(newer))
    return sorted(told, key=lambda one: one.version.created, reverse=True)[:most]


def _first(version: Version) -> Change:
    return Change(version=version, words=_("first version that is kept"))


def _words(newer: Version, older: Version) -> str:
    said = []
    more = newer.rows - older.rows
    if more:
        word = _("%(count)s rows more") if more > 0 else _("%(count)s rows fewer")
        said.append(word % {"count": figure(abs(more))})
    now, before = _titles(newer), _titles(older)
    if added := [title for slug, title in now.items() if slug not in before]:
        said.append(_("new columns: %(names)s") % {"names": _listed(added)})
    if gone := [title for slug, title in before.items() if slug not in now]:
        said.append(_("columns no longer there: %(names)s") % {"names": _listed(gone)})
    return ", ".join(said) or _("values changed, columns and number of rows as before")


def _titles(version: Version) -> dict[str, str]:
    return {one.slug: cells.title_of(one) for one in version.columns}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
