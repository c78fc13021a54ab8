"""Who may see which things, datastreams and places; the one rule behind pages and APIs.

A thing is seen where it has no project, a public one, or one that the viewer sees. A datastream is
seen with its thing, a private one only by those who see its project. A place is hidden where it
belongs to no city system and only hidden things lead to it. The same in SQL: `rights.sql`.
"""

from dataclasses import dataclass

from django.db.models import Q
from django.db.models.expressions import RawSQL


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Sees what is public and the projects with these ids; `everything` sees all there is."""

    everything: bool = False
    projects: frozenset[int] = frozenset()


PUBLIC = Viewer()

# For statements of their own over a thing `t` and its datastream `d`: what everybody may see.
PUBLIC_STREAM = (
    "(d.public and not exists"
    " (select from things_project x where x.id = t.project_id and not x.public))"
)


def things(viewer: Viewer) -> Q:
    """The things that this viewer may see."""
    if viewer.everything:
        return Q()
    seen = Q(project=None) | Q(project__public=True)
    return seen | Q(project__in=viewer.projects) if viewer.projects else seen


def datastreams(viewer: Viewer) -> Q:
    """The datastreams that this viewer may see."""
    if viewer.everything:
        return Q()
    seen = Q(public=True) & (Q(thing__project=None) | Q(thing__project__public=True))
    return seen | Q(thing__project__in=viewer.projects) if viewer.projects else seen


def places(viewer: Viewer) -> Q:
    """The places that this viewer may see."""
    if viewer.everything:
        return Q()
    hidden = RawSQL("select things_hidden_places(%s::bigint[])", [sorted(viewer.projects)])
    return ~Q(pk__in=hidden)
