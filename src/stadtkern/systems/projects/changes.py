"""Every change of a project is a new version, with its entry in the audit log."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.systems.projects import content as documents
from stadtkern.systems.projects import locations
from stadtkern.systems.projects.content import Content
from stadtkern.systems.projects.models import Project, Version, new_token

KEPT = 200
Actor = Account | str


class Overtaken(Exception):
    """Somebody else has changed the project since this person read it."""

    def __str__(self) -> str:
        return _(
            "Somebody else has changed this project meanwhile. Copy your text, open the page "
            "anew and enter it again."
        )


class NotReady(Exception):
    """The project cannot be published as it is; the message says what is missing."""


def newest(project: Project) -> Version:
    """What staff work on."""
    found = project.versions.first()
    assert found is not None
    return found


@transaction.atomic
def create(actor: Actor, slug: str, content: Content) -> Project:
    """A new project with its first version."""
    project = Project.objects.create(slug=slug)
    _add(actor, project, 0, content, "projects.create")
    return project


@transaction.atomic
def change(actor: Actor, number: int, base: int, alter: Callable[[Content], Content]) -> Version:
    """What `alter` makes of it, as a new version. Raises Overtaken where `base` is old."""
    project = _locked(number)
    old = newest(project)
    if old.number != base:
        raise Overtaken
    before = documents.read(old.content)
    after = alter(before)
    return old if after == before else _add(actor, project, old.number, after, "projects.change")


@transaction.atomic
def restore(actor: Actor, number: int, wanted: int) -> Version:
    """An earlier version once more, as the newest."""
    project = _locked(number)
    old = get_object_or_404(project.versions, number=wanted)
    content = documents.read(old.content)
    return _add(actor, project, newest(project).number, content, "projects.restore")


def _locked(number: int) -> Project:
    return get_object_or_404(Project.objects.select_for_update(), pk=number)


def _add(actor: Actor, project: Project, last: int, content: Content, verb: str) -> Version:
    name = actor if isinstance(actor, str) else actor.username
    made = Version.objects.create(
        project=project, number=last + 1, author=name, content=documents.stored(content)
    )
    kept = [key for key in (project.published_id, project.next_id) if key]
    project.versions.filter(number__lte=made.number - KEPT).exclude(pk__in=kept).delete()
    record(actor, verb, project, title=content.title, version=made.number)
    return made


def missing(content: Content) -> str:
    """What a project must say before everybody may see it; empty where nothing is missing."""
    if not content.summary or not content.text:
        return _("Please write the short text and the text first.")
    if not content.themes:
        return _("Please choose at least one theme first.")
    if not content.office:
        return _("Please name the office that answers questions first.")
    if not (content.citywide or content.spots):
        return _("Please name a place first, or say that the project concerns the whole city.")
    return ""


@transaction.atomic
def publish(
    actor: Actor, number: int, at: datetime | None = None, until: datetime | None = None
) -> Project:
    """The newest version for everybody: now, or `at` a time to come. Raises NotReady."""
    project = _locked(number)
    version = newest(project)
    if problem := missing(documents.read(version.content)):
        raise NotReady(problem)
    later = at is not None and at > clock.now()
    project.until, project.archived = until, None
    project.next, project.next_at = (version, at) if later else (None, None)
    if not later:
        _show(project, version)
    project.save()
    verb = "projects.plan" if later else "projects.publish"
    record(actor, verb, project, version=version.number, at=at and at.isoformat(),
           until=until and until.isoformat())  # fmt: skip
    locations.sync(project)
    return project


def _show(project: Project, version: Version) -> None:
    project.published = version
    project.first_published = project.first_published or clock.now()


@transaction.atomic
def withdraw(actor: Actor, number: int, *, archive: bool = False) -> Project:
    """Nobody sees it any more but staff; an archived one leaves their list too."""
    project = _locked(number)
    project.published = project.next = project.next_at = project.until = None
    project.archived = clock.now() if archive else None
    project.save()
    record(actor, "projects.archive" if archive else "projects.withdraw", project)
    locations.sync(project)
    return project


@transaction.atomic
def unarchive(actor: Actor, number: int) -> Project:
    """Back into the list of staff; still not public."""
    project = _locked(number)
    project.archived = None
    project.save(update_fields=["archived"])
    record(actor, "projects.unarchive", project)
    return project


@transaction.atomic
def renew_preview(actor: Actor, number: int) -> Project:
    """Another address for the preview, so that the old one leads nowhere."""
    project = _locked(number)
    project.token = new_token()
    project.save(update_fields=["token"])
    record(actor, "projects.renew_preview", project)
    return project


def keep_time() -> tuple[int, int]:
    """Publish what is due and withdraw what has ended; how many of each. Runs any number of times.

    Rows that somebody else holds right now are left to the next round.
    """
    begun, ended = _begin(), _end()
    locations.sync()
    return begun, ended


@transaction.atomic
def _begin() -> int:
    due = Project.objects.filter(next_at__lte=clock.now()).select_related("next")
    found = list(due.select_for_update(skip_locked=True, of=("self",)))
    for project in found:
        assert project.next is not None
        _show(project, project.next)
        project.next = project.next_at = None
        project.save()
        record("system:projects", "projects.publish", project)
    return len(found)


@transaction.atomic
def _end() -> int:
    over = Project.objects.filter(until__lte=clock.now(), published__isnull=False)
    found = list(over.select_for_update(skip_locked=True, of=("self",)))
    for project in found:
        project.published = project.until = None
        project.save()
        record("system:projects", "projects.withdraw", project)
    return len(found)
