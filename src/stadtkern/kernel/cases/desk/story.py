"""The timeline as the desk reads it: also what applicants do not see, and who did it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.cases.models import Case, StatusEvent
from stadtkern.kernel.cases.models.correspondence import SOURCES
from stadtkern.kernel.people.models import Account

Words = str | Promise

HAPPENED: Final[Mapping[str, Words]] = {
    "begun": _("Begun"),
    "filed": _("Made known in time, to be completed later"),
    "co_sign": _("Others were asked to sign"),
    "co_sign.signed": _("Somebody signed"),
    "co_sign.refused": _("Somebody did not sign"),
    "co_sign.reopened": _("Taken back for a change"),
    "reopened": _("Taken back for a change"),
    "payment": _("Waits for payment"),
    "payment.paid": _("Paid"),
    "payment.cancelled": _("Not paid in time"),
    "payment.refunded": _("Money was paid back"),
    "refund.asked": _("Asked to have money paid back"),
    "submitted": _("Sent"),
    "received": _("Received"),
    "in_progress": _("Work goes on"),
    "query": _("Asked the applicant"),
    "request.asked": _("Asked the applicant"),
    "request.answered": _("A question was answered"),
    "request.cancelled": _("A question was taken back"),
    "message.in": _("The applicant wrote"),
    "message.out": _("Wrote to the applicant"),
    "fee.asked": _("Set a fee"),
    "fee.taken_back": _("Took a fee back"),
    "answer.corrected": _("Corrected an answer"),
    "desk.first_look": _("Opened for the first time"),
    "desk.assigned": _("Given to a clerk"),
    "desk.given_back": _("Given back to the office"),
    "desk.transferred": _("Given to another office"),
    "decision.prepared": _("Prepared a decision"),
    "decision.returned": _("Sent a decision back"),
    "decision.opened": _("The applicant opened the decision"),
    "decided": _("Decided"),
    "permit.issued": _("Permit issued"),
    "permit.revoked": _("Permit revoked"),
    "appeal.received": _("Appeal received"),
    "appeal.settled": _("Appeal settled"),
    "closed": _("Closed"),
    "withdrawn": _("Withdrawn"),
    "expired": _("Ended unfinished"),
    "media_break": _("Left the digital way"),
    "contact.changed": _("The applicant changed how we reach them"),
    "appointment.booked": _("Appointment booked"),
    "appointment.moved": _("Appointment moved"),
    "appointment.cancelled": _("Appointment cancelled"),
    "appointment.missed": _("Appointment missed"),
    "appointment.finished": _("Was at the appointment"),
    "document.added": _("Document added"),
    "back_office.accepted": _("The back office took it on"),
    "back_office.status": _("News from the back office"),
    "back_office.request": _("The back office asks for something"),
    "back_office.decided": _("The back office decided"),
    "back_office.late": _("The back office said something after the end"),
    "back_office.unclear": _("The back office said something that we do not understand"),
    "back_office.document_refused": _("A document of the back office was refused"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line; `internal`: the applicant does not see it, `who`: a log-in, or empty."""

    at: datetime
    text: str
    source: str
    who: str
    internal: bool


def lines(case: Case) -> list[Line]:
    """The whole timeline, newest first; two statements."""
    events = list(case.events.order_by("-at", "-pk"))
    numbers = {one.actor.removeprefix("account:") for one in events}
    known = {number for number in numbers if number.isascii() and number.isdecimal()}
    names = dict(Account.objects.filter(pk__in=known).values_list("pk", "username"))
    return [_line(one, names) for one in events]


def _line(event: StatusEvent, names: Mapping[int, str]) -> Line:
    number = event.actor.removeprefix("account:")
    who = names.get(int(number), "") if number.isascii() and number.isdecimal() else ""
    return Line(
        at=event.at, text=str(HAPPENED.get(event.code, event.code)), who=who,
        source=str(SOURCES.get(event.source, "")), internal=not event.visible,
    )  # fmt: skip
