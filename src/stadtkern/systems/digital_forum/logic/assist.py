"""Assisted mode: who may look and fill, how long, and the trail that the citizen sees."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.audit.models import Entry, record
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.moves import tell
from stadtkern.kernel.people.models import Account
from stadtkern.systems.digital_forum.models import AssistAction, AssistSession

# Wrong codes of one helper before they have to wait.
MOST_WRONG: Final = 8
WRONG_COUNTS: Final = timedelta(minutes=15)
WRONG: Final = "digital_forum.assist.wrong_code"


class Refused(Exception):
    """It is not possible; the text says why and what to do."""


class Over(Refused):
    """The session has ended: nothing is shown any more."""


def digest(code: str) -> str:
    """A code as it is looked up; without the city's secret nobody turns it back."""
    said = f"digital_forum.code|{code}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


def offer(case: Case) -> AssistSession:
    """A code for the citizen to read out; whatever ran about this case before is ended.

    Raises Refused: only what is being filled in can be helped with.
    """
    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=case.pk)
        if row.state != "draft":
            raise Refused(_("This was sent already. Helpers can only help with filling in."))
        for one in AssistSession.objects.filter(case=row, state__in=["offered", "live"]):
            end(one, by="citizen")
        return _offered(row)


def _offered(case: Case) -> AssistSession:
    for _try in range(20):
        code = f"{secrets.randbelow(10**6):06d}"
        try:
            with transaction.atomic():
                return AssistSession.objects.create(
                    case=case, code_sealed=sealing.seal(code), code_digest=digest(code),
                    citizen_seen=clock.now(), created=clock.now(),
                )  # fmt: skip
        except IntegrityError:
            continue
    raise Refused(_("Too many people are being helped just now. Please try again in a minute."))


def join(code: str, helper: Account) -> AssistSession:
    """The helper enters the code that the citizen reads out. Raises Refused."""
    since = clock.now() - WRONG_COUNTS
    wrong = Entry.objects.filter(actor=f"account:{helper.pk}", verb=WRONG, at__gt=since)
    if wrong.count() >= MOST_WRONG:
        raise Refused(_("Too many wrong codes. Please wait a quarter of an hour."))
    spelt = "".join(one for one in code if one.isdigit())
    with transaction.atomic():
        rows = AssistSession.objects.select_for_update(of=("self",)).select_related("case")
        found = rows.filter(code_digest=digest(spelt), state="offered").first()
        if found is not None and not found.is_over(clock.now()):
            return _joined(found, helper)
    record(helper, WRONG)
    raise Refused(
        _("This code is not right, or more than five minutes old. "
          "Ask for the six digits that the other screen shows now.")
    )  # fmt: skip


def _joined(one: AssistSession, helper: Account) -> AssistSession:
    if one.case.account_id == helper.pk:
        raise Refused(_("This is your own case. Fill it in with your own account."))
    now = clock.now()
    one.state, one.helper, one.joined, one.helper_seen = "live", helper, now, now
    one.citizen_seen, one.code_sealed, one.code_digest = now, None, ""
    one.save()
    Case.objects.filter(pk=one.case_id, channel="online").update(channel="assisted")
    one.case.channel = "assisted"
    note(one, "joined")
    tell(one.case, "assist.begun", key=f"assist.begun:{one.pk}")
    record(helper, "digital_forum.assist.join", one.case, session=one.pk)
    return one


def of_helper(public_id: UUID, helper: Account) -> AssistSession:
    """The helper's own running session, which this use of it keeps alive. Raises Over."""
    rows = AssistSession.objects.select_related("case__version__form", "case__department")
    found = rows.filter(public_id=public_id, helper=helper).first()
    if found is None:
        raise Over(_("There is no such session."))
    now = clock.now()
    if found.state == "live" and found.case.state != "draft":
        end(found, by="sent")
    elif found.state == "live" and found.is_over(now):
        end(found, by="idle")
    if found.state != "live":
        raise Over(_("This session has ended. Ask the citizen for a new code if it goes on."))
    AssistSession.objects.filter(pk=found.pk, state="live").update(helper_seen=now)
    found.helper_seen = now
    return found


def of_citizen(case: Case) -> AssistSession | None:
    """The latest session about a case; looking at the page says that the citizen is there."""
    found = AssistSession.objects.select_related("helper").filter(case=case).first()
    if found is None or found.state == "ended":
        return found
    now = clock.now()
    if found.is_over(now) or case.state != "draft":
        return end(found, by="sent" if case.state != "draft" else "idle")
    AssistSession.objects.filter(pk=found.pk).update(citizen_seen=now)
    return found


def end(one: AssistSession, *, by: str) -> AssistSession:
    """End a session, whoever does it; a second time changes nothing."""
    with transaction.atomic():
        row = AssistSession.objects.select_for_update().get(pk=one.pk)
        if row.state != "ended":
            was_live = row.state == "live"
            row.state, row.ended, row.ended_by = "ended", clock.now(), by
            row.code_sealed, row.code_digest = None, ""
            row.save()
            if was_live:
                note(row, "ended")
                tell(one.case, "assist.ended", key=f"assist.ended:{row.pk}")
                record(f"account:{row.helper_id}", "digital_forum.assist.end", one.case,
                       session=row.pk, by=by)  # fmt: skip
    for name in ("state", "ended", "ended_by", "code_sealed", "code_digest"):
        setattr(one, name, getattr(row, name))
    return one


def note(one: AssistSession, verb: str, *, step: str = "", fields: Iterable[str] = ()) -> None:
    """A line of the trail; looking at the same page again within the session is one line."""
    named = sorted(fields)
    if verb == "looked" and one.actions.filter(verb=verb, step=step).exists():
        return
    AssistAction.objects.create(session=one, verb=verb, step=step, fields=named, at=clock.now())


def confirm(case: Case) -> bool:
    """The citizen has checked what was filled in; False where nobody ever helped."""
    found = AssistSession.objects.filter(case=case).exclude(joined=None).first()
    if found is None:
        return False
    found.confirmed, found.revision = clock.now(), case.revision
    found.save(update_fields=["confirmed", "revision"])
    note(found, "confirmed")
    return True


def end_due() -> int:
    """End what nobody is at any more; how many."""
    rows = AssistSession.objects.filter(state__in=["offered", "live"]).select_related("case")
    over = [one for one in rows if one.is_over(clock.now())]
    for one in over:
        end(one, by="idle")
    return len(over)
