"""Projects as staff work on them: with their newest version, public or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State
from stadtkern.systems.projects import changes
from stadtkern.systems.projects import content as documents
from stadtkern.systems.projects.content import Text
from stadtkern.systems.projects.finding import Entry
from stadtkern.systems.projects.models import Project, Version

STATES: Final[dict[str, tuple[State, Text]]] = {
    "public": ("good", _("public")),
    "changed": ("tight", _("public, with changes that are not")),
    "planned": ("info", _("will be published")),
    "draft": ("none", _("draft")),
    "archived": ("none", _("archived")),
}
TRANSLATIONS: Final[dict[str, Text]] = {
    "missing": _("English is missing"),
    "outdated": _("English is older than the German text"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A project in the list of staff."""

    project: Project
    version: Version
    entry: Entry

    @property
    def state(self) -> str:
        """A key of STATES."""
        return state_of(self.project, self.version)


def state_of(project: Project, newest: Version) -> str:
    """How far a project is on its way to everybody; a key of STATES."""
    if project.archived:
        return "archived"
    over = project.until is not None and project.until <= clock.now()
    if project.published_id is None or over:
        return "planned" if project.next_id else "draft"
    if project.next_id:
        return "planned"
    return "public" if project.published_id == newest.pk else "changed"


def entry(project: Project) -> Entry:
    """A project with its newest version."""
    return Entry(project=project, content=documents.read(changes.newest(project).content))


def drafts(*, archived: bool = False) -> Sequence[Draft]:
    """All projects with their newest versions, in three queries."""
    last = Version.objects.filter(project=OuterRef("pk")).order_by("-number").values("pk")[:1]
    rows = Project.objects.filter(archived__isnull=not archived).annotate(last=Subquery(last))
    last_of = dict(rows.values_list("pk", "last"))
    versions = Version.objects.in_bulk(list(last_of.values()))
    return [_draft(row, versions[last_of[row.pk]]) for row in rows]


def _draft(project: Project, version: Version) -> Draft:
    content = documents.read(version.content)
    return Draft(project=project, version=version, entry=Entry(project=project, content=content))
