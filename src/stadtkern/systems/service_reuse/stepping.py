"""The way of a candidate from first sight to use: which steps are possible, and what they need."""

from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.catalogue import ways
from stadtkern.kernel.cases.models import OnlineService
from stadtkern.kernel.people.models import Account
from stadtkern.systems.service_reuse import lists
from stadtkern.systems.service_reuse.models import Candidate, Decision, Finding, Step

Actor = Account | str
# From each step to which others; back goes one step at a time.
MOVES: Final[dict[str, tuple[str, ...]]] = {
    "candidate": ("assessed", "retired"),
    "assessed": ("contracted", "candidate", "retired"),
    "contracted": ("connected", "assessed", "retired"),
    "connected": ("tested", "contracted", "retired"),
    "tested": ("live", "connected", "retired"),
    "live": ("retired",),
    "retired": ("candidate",),
}
ORDER: Final = ("candidate", "assessed", "contracted", "connected", "tested", "live")


class NotPossible(Exception):
    """The step cannot be taken; `texts` say what is missing."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__(" ".join(texts))
        self.texts = texts


def missing(candidate: Candidate, to: str) -> list[str]:
    """What has to be there before this step, in words; going back needs nothing."""
    if to not in ORDER or ORDER.index(to) <= _rank(candidate.step):
        return []
    checks = {"assessed": _requirements, "contracted": _decision, "connected": _list_before,
              "tested": _tested, "live": _ready}  # fmt: skip
    return checks[to](candidate, to)


def _rank(step: str) -> int:
    return ORDER.index(step) if step in ORDER else -1


def _requirements(candidate: Candidate, to: str) -> list[str]:
    """Every requirement that must be met has been looked at."""
    known = verdicts(candidate, "requirements")
    open_ = [lists.say(item.text) for item in lists.read("requirements").items().values()
             if item.rank == "must" and known.get(item.id, "open") == "open"]  # fmt: skip
    if not open_:
        return []
    return [_("Look at these requirements first: %(items)s.") % {"items": "; ".join(open_)}]


def _decision(candidate: Candidate, to: str) -> list[str]:
    rows = Decision.objects.filter(service=candidate.service_id, state="decided", outcome="reuse")
    if rows.filter(candidate=candidate).exists():
        return []
    return [_("Decide first to reuse this service, with costs and reasons.")]


def _list_before(candidate: Candidate, to: str) -> list[str]:
    """Every line of the connection's list that comes before this step is done."""
    known = verdicts(candidate, "connection")
    earlier = ORDER[: ORDER.index(to) + 1]
    due = [one for one in lists.read("connection").items().values() if one.before in earlier]
    open_ = [lists.say(one.text) for one in due if known.get(one.id) not in ("yes", "unneeded")]
    if not open_:
        return []
    return [_("This is still to be done: %(items)s.") % {"items": "; ".join(open_)}]


def _tested(candidate: Candidate, to: str) -> list[str]:
    texts = _list_before(candidate, to)
    last = candidate.trials.exclude(state="waiting").first()
    if last is None or last.state != "good":
        texts.append(_("Try the connection first. The last try must have gone well."))
    return texts


def _ready(candidate: Candidate, to: str) -> list[str]:
    texts = _list_before(candidate, to)
    if not candidate.url:
        texts.append(_("Enter the address that applicants are led to."))
    return texts


def verdicts(candidate: Candidate, checklist: str) -> Mapping[str, str]:
    """The verdict on each line of a list."""
    return dict(candidate.findings.filter(checklist=checklist).values_list("item", "verdict"))


@transaction.atomic
def move(
    number: int, to: str, *, actor: Actor, note: str = "", complete: bool = False,
    back_to_own: bool = False,
) -> Candidate:  # fmt: skip
    """Take a step. Raises NotPossible.

    Going live makes it the service's way online (`complete`: to the end) and retires the one
    before, which leads there then. Retired again, `back_to_own` brings our own form back.
    """
    found = get_object_or_404(Candidate.objects.select_for_update(of=("self",)), pk=number)
    if to not in MOVES[found.step]:
        raise NotPossible([_("This step is not possible any more. Look at the page anew.")])
    texts = missing(found, to)
    if texts:
        raise NotPossible(texts)
    if to == "live":
        found.online = _open(found, complete=complete, actor=actor)
    elif found.step == "live":
        _close(found, back_to_own=back_to_own, actor=actor)
    before, found.step, found.changed = found.step, to, clock.now()
    found.save()
    name = actor if isinstance(actor, str) else actor.username
    Step.objects.create(candidate=found, by=name, before=before, after=to, note=note[:500])
    record(actor, "service_reuse.move", found, before=before, after=to)
    return found


def _open(candidate: Candidate, *, complete: bool, actor: Actor) -> OnlineService:
    """The new way online; what was live before gives way. Raises NotPossible."""
    others = Candidate.objects.live().filter(service=candidate.service_id)
    for other in others.exclude(pk=candidate.pk):
        _retire(other)
    provider = candidate.operator or str(candidate.get_state_display())
    way = OnlineService(
        service=candidate.service, kind="efa", title=candidate.title, url=candidate.url,
        provider=provider[:200], complete=complete,
    )  # fmt: skip
    try:
        ways.open_way(way, actor)
    except ways.NotReady as fault:
        raise NotPossible([str(fault)]) from fault
    return way


def follow(candidate: Candidate) -> None:
    """What is in use leads where the register says now."""
    OnlineService.objects.filter(pk=candidate.online_id or 0, state="live").update(
        title=candidate.title, url=candidate.url, changed=clock.now()
    )


def _retire(other: Candidate) -> None:
    """Another service of others gives way to the new one."""
    Candidate.objects.filter(pk=other.pk).update(step="retired", changed=clock.now())
    Step.objects.create(candidate=other, by="system:service_reuse", before="live",
                        after="retired", note=_("Another service took its place."))  # fmt: skip


def _close(candidate: Candidate, *, back_to_own: bool, actor: Actor) -> None:
    """Take the way off, and bring our own back where that is wanted. Raises NotPossible."""
    way = OnlineService.objects.filter(pk=candidate.online_id or 0, state="live").first()
    if way is not None:
        ways.close_way(way, actor)
    rows = OnlineService.objects.filter(service=candidate.service_id)
    own = rows.filter(kind="own").order_by("-changed").first()
    if back_to_own and own is not None and not rows.filter(state="live").exists():
        try:
            ways.open_way(own, actor)
        except ways.NotReady as fault:
            raise NotPossible([str(fault)]) from fault


@transaction.atomic
def find_out(
    candidate: Candidate, checklist: str, item: str, verdict: str, *, note: str, url: str,
    actor: Actor,
) -> Finding:  # fmt: skip
    """Note what was found about a line of a list."""
    name = actor if isinstance(actor, str) else actor.username
    told = {"verdict": verdict, "note": note[:500], "url": url, "by": name, "at": clock.now()}
    found, _new = Finding.objects.update_or_create(
        candidate=candidate, checklist=checklist, item=item, defaults=told
    )
    record(actor, "service_reuse.finding", candidate, item=item, verdict=verdict)
    return found
