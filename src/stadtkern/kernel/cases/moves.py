"""The only way a case goes from one state to another, with its line in the timeline."""

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, events
from stadtkern.kernel.cases.events import CaseChanged
from stadtkern.kernel.cases.models import Case, StatusEvent

# From each state to which others. Nothing is withdrawn after the decision, and nothing that was
# sent becomes a draft again.
MOVES: Final[dict[str, tuple[str, ...]]] = {
    "draft": ("co_sign", "payment", "submitted", "withdrawn", "expired"),
    "co_sign": ("draft", "payment", "submitted", "withdrawn", "expired"),
    "payment": ("draft", "submitted", "withdrawn", "expired"),
    "submitted": ("received", "in_progress", "query", "decided", "withdrawn"),
    "received": ("in_progress", "query", "decided", "withdrawn"),
    "in_progress": ("query", "decided", "withdrawn"),
    "query": ("in_progress", "decided", "withdrawn"),
    "decided": ("closed",),
    "closed": (),
    "withdrawn": (),
    "expired": (),
}
# When a case came into these states for the first time.
STAMPS: Final = {
    "submitted": ("submitted",), "decided": ("decided",),
    "closed": ("ended",), "withdrawn": ("ended",), "expired": ("ended",),
}  # fmt: skip


class NotPossible(Exception):
    """The case is in another state by now; the text says so to whoever tried."""


def locked(number: int) -> Case:
    """The case, held until the end of the caller's transaction."""
    rows = Case.objects.select_for_update(of=("self",))
    return rows.select_related("version__form", "service").get(pk=number)


def move(
    case: Case, to: str, *, source: str = "portal", actor: str = "", code: str = "",
    data: dict[str, Any] | None = None, visible: bool = True, key: str = "", **fields: Any,
) -> Case:  # fmt: skip
    """Bring a case into another state; what else changes with it goes into `fields`.

    In one transaction with its line in the timeline (`code`, else the state) and the event
    `CaseChanged`. Where it is in that state already, nothing happens. Raises NotPossible.
    """
    with transaction.atomic():
        row = locked(case.pk)
        if row.state == to:
            return row
        if to not in MOVES[row.state]:
            raise NotPossible(_("This is not possible any more. Look at the case once more."))
        before, now = row.state, clock.now()
        changed = {"state": to, "changed": now, **fields}
        changed |= {name: now for name in STAMPS.get(to, ()) if getattr(row, name) is None}
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
        tell(row, code or to, source=source, actor=actor, data=data, visible=visible, key=key)
        events.publish(
            CaseChanged(
                case=row.pk, service=row.service.slug if row.service else "",
                form=row.version.form.slug, before=before, after=to,
            )
        )  # fmt: skip
    for name, value in changed.items():
        setattr(case, name, value)
    return row


def tell(
    case: Case, code: str, *, source: str = "portal", actor: str = "",
    data: dict[str, Any] | None = None, visible: bool = True, key: str = "",
) -> bool:  # fmt: skip
    """Write a line of the timeline; False where one with this key is there already."""
    if key:
        _row, new = StatusEvent.objects.get_or_create(
            case=case, key=key,
            defaults={"code": code, "source": source, "actor": actor, "data": data or {},
                      "visible": visible, "at": clock.now()},
        )  # fmt: skip
        return new
    StatusEvent.objects.create(
        case=case,
        code=code,
        source=source,
        actor=actor,
        data=data or {},
        visible=visible,
        at=clock.now(),
    )
    return True
