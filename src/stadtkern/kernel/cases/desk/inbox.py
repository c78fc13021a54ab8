"""Which cases need somebody: mine, my office's, all that I may see; asked of the database once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from stadtkern.kernel import clock
from stadtkern.kernel.cases.digest import digests
from stadtkern.kernel.cases.models import Appeal, Case, Decision, Message, Permit, SearchKey
from stadtkern.kernel.cases.models.case import OPEN
from stadtkern.kernel.people.models import Account

WORKING: Final = ("submitted", "received", "in_progress")
# From here on the traffic light is yellow.
SOON: Final = timedelta(days=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rights:
    """The names of a system's permissions: to see a case, to work on it, to check a decision."""

    see: str
    work: str
    approve: str


def visible(clerk: Account, rights: Rights) -> QuerySet[Case]:
    """What this clerk may see, with what the list shows: `waits`, `unread`, `appealed`."""
    decision = Decision.objects.filter(case=OuterRef("pk"), provided=None)
    unread = Message.objects.filter(case=OuterRef("pk"), direction="in", read=None)
    appeal = Appeal.objects.filter(case=OuterRef("pk"), settled=None)
    return (
        Case.objects.visible_to(clerk, rights.see)
        .select_related("department", "service", "version__form", "clerk", "decision")
        .defer("answers_sealed", "version__definition", "version__schema_source")
        .annotate(
            waits=Exists(decision), unread=Exists(unread), appealed=Exists(appeal),
            four_eyes=Q(version__definition__four_eyes=True),
        )
    )  # fmt: skip


def to_check(clerk: Account, rights: Rights) -> Q:
    """Decisions that somebody else prepared and this clerk may check.

    One that was sent back waits for its writer: it was looked at after it was written.
    """
    where = clerk.departments_for(rights.approve)
    mine = (
        Q(state__in=OPEN, waits=True, version__definition__four_eyes=True)
        & ~Q(decision__by=clerk)
        & ~Q(decision__looks__at__gte=F("decision__prepared"))
    )
    return mine if where is None else mine & Q(department__in=where)


def mine(clerk: Account, rights: Rights) -> Q:
    """What needs this clerk now: their open cases that wait for nobody else, and checks.

    A case that waits for the applicant needs its clerk again when it is overdue or somebody wrote;
    one that was withdrawn stays until its clerk has seen it.
    """
    own = Q(clerk=clerk) & (
        Q(state__in=WORKING)
        | (Q(state="query") & (Q(due__lt=clock.now()) | Q(unread=True)))
        | Q(state="withdrawn", unread=True)
        | Q(appealed=True)
    )
    return own | to_check(clerk, rights)


def office(clerk: Account, rights: Rights) -> Q:
    """Everything open in the offices where this clerk works."""
    where = clerk.departments_for(rights.work)
    rows = Q(state__in=OPEN) | Q(appealed=True)
    return rows if where is None else rows & Q(department__in=where)


def tabs(clerk: Account, rights: Rights) -> dict[str, Q]:
    """The views of the desk by name, each a condition on `visible`."""
    now = clock.now()
    return {
        "me": mine(clerk, rights),
        "check": to_check(clerk, rights),
        "free": office(clerk, rights) & Q(clerk=None) & Q(state__in=OPEN),
        "office": office(clerk, rights),
        "late": Q(state__in=OPEN, due__lt=now),
        "all": Q(),
    }


def counts(rows: QuerySet[Case], views: Mapping[str, Q]) -> dict[str, int]:
    """How many cases each view has; one statement."""
    told = {name: Count("pk", filter=view, distinct=True) for name, view in views.items() if view}
    found: dict[str, int] = rows.order_by().aggregate(**told, all=Count("pk", distinct=True))
    return found


def found(rows: QuerySet[Case], words: str) -> QuerySet[Case]:
    """Cases by reference, name, e-mail, permit, number of the payment, or a sealed answer.

    Every word must fit somewhere, or all of them together be one answer: `HER-AB 123`.
    """
    each = Q()
    for word in words.split()[:6]:
        fits = Q(name__icontains=word) | Q(email__iexact=word) | Q(charge__reference__iexact=word)
        fits |= Q(reference__icontains=word) | Q(_by_permit(number__iexact=word))
        each &= fits | _by_answer(word)
    return rows.filter(each | _by_answer(words))


def _by_answer(words: str) -> Q:
    """A permit's subject, or an answer that the form names for searching."""
    own = digests(words)
    keys = SearchKey.objects.filter(case=OuterRef("pk"), digest__in=own)
    return Q(Exists(keys)) | Q(_by_permit(subject_key__in=own)) if own else Q()


def _by_permit(**said: Any) -> Exists:
    return Exists(Permit.objects.filter(case=OuterRef("pk"), **said))


def light(case: Any, now: datetime | None = None) -> str:
    """The traffic light of a deadline: good, tight, bad; none where nothing is due."""
    now = now or clock.now()
    if case.state not in OPEN or case.due is None:
        return "none"
    if case.due < now:
        return "bad"
    return "tight" if case.due - now < SOON else "good"
