"""One timeline of a case over portal, payment, appointment, desk and back office, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel.cases.models import Case, StatusEvent
from stadtkern.kernel.cases.models.correspondence import SOURCES
from stadtkern.kernel.contract import State
from stadtkern.kernel.payments.words import euros

Words = str | Promise

# What happened, by the code of its line, and how good or urgent it is.
HAPPENED: Final[Mapping[str, tuple[Words, State]]] = {
    "begun": (gettext_lazy("You began the application."), "none"),
    "filed": (gettext_lazy("You made your application known. This day counts."), "good"),
    "co_sign": (gettext_lazy("Others were asked to sign."), "info"),
    "co_sign.signed": (gettext_lazy("Person %(number)s signed."), "good"),
    "co_sign.refused": (gettext_lazy("Person %(number)s did not sign."), "bad"),
    "co_sign.reopened": (gettext_lazy("The application can be changed again."), "info"),
    "reopened": (gettext_lazy("You took it back to change something."), "info"),
    "payment": (gettext_lazy("The application waits for your payment."), "tight"),
    "payment.paid": (gettext_lazy("Your payment arrived."), "good"),
    "payment.cancelled": (
        gettext_lazy("Nothing was paid in time. What you entered is kept."), "tight"),
    "payment.refunded": (gettext_lazy("%(sum)s go back to you."), "info"),
    "submitted": (gettext_lazy("Your application was sent."), "good"),
    "received": (gettext_lazy("The office has received it."), "good"),
    "in_progress": (gettext_lazy("The office works on it."), "info"),
    "query": (gettext_lazy("The office asks you for something."), "tight"),
    "request.asked": (gettext_lazy("The office asks you for something."), "tight"),
    "request.answered": (gettext_lazy("You answered a question of the office."), "good"),
    "request.cancelled": (gettext_lazy("A question of the office is settled."), "info"),
    "message.in": (gettext_lazy("You wrote to the office."), "none"),
    "message.out": (gettext_lazy("The office wrote to you."), "info"),
    "fee.asked": (gettext_lazy("The office set the fee: %(sum)s."), "tight"),
    "fee.taken_back": (gettext_lazy("The fee was taken back. You owe nothing."), "good"),
    "answer.corrected": (gettext_lazy("The office put an obvious mistake right."), "info"),
    "desk.transferred": (gettext_lazy("Another office works on it now."), "info"),
    "decided": (gettext_lazy("Your case is decided: %(outcome)s."), "good"),
    "decision.opened": (gettext_lazy("You opened the decision."), "none"),
    "appeal.received": (gettext_lazy("You appealed against the decision."), "info"),
    "appeal.settled": (gettext_lazy("The office dealt with your appeal."), "info"),
    "permit.issued": (gettext_lazy("Your permit has the number %(permit)s."), "good"),
    "permit.revoked": (gettext_lazy("The permit %(permit)s was revoked."), "bad"),
    "closed": (gettext_lazy("The case is closed."), "none"),
    "withdrawn": (gettext_lazy("You withdrew it."), "none"),
    "withdrawal.told": (gettext_lazy("The office's procedure knows that you withdrew it."), "none"),
    "expired": (gettext_lazy("It was not finished in time and has ended."), "none"),
    "assist.begun": (gettext_lazy("Somebody helps you to fill it in."), "info"),
    "assist.ended": (gettext_lazy("The help with filling in has ended."), "none"),
    "contact.changed": (gettext_lazy("You changed how we reach you."), "none"),
    "appointment.booked": (gettext_lazy("Appointment booked: %(begins)s."), "good"),
    "appointment.moved": (gettext_lazy("Appointment moved to %(begins)s."), "info"),
    "appointment.cancelled": (
        gettext_lazy("The appointment on %(begins)s was cancelled."), "tight"),
    "appointment.missed": (gettext_lazy("You missed the appointment on %(begins)s."), "tight"),
    "appointment.finished": (gettext_lazy("You were at the appointment."), "good"),
    "back_office.status": (gettext_lazy("The office has news for you."), "info"),
    "document.added": (gettext_lazy("A document was added."), "info"),
}  # fmt: skip
# What stands for itself twice: the state says it in other words already.
OUTCOME_WORDS: Final = {
    "granted": gettext_lazy("granted"), "partly": gettext_lazy("partly granted"),
    "rejected": gettext_lazy("not granted"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line: when, what, from where (empty: the applicant's own deed in the portal).

    `state` is its mark, `code` what it is known by.
    """

    at: datetime
    text: str
    source: str
    state: State
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Next:
    """What happens next, who has to do it (`you`, `us`, nobody), and until when."""

    text: str
    who: str = ""
    until: datetime | None = None


def lines(case: Case) -> list[Line]:
    """What the applicant sees, oldest first; one statement."""
    return [line_of(one, case) for one in case.events.filter(visible=True)]


def line_of(event: StatusEvent, case: Case) -> Line:
    """One line in the active language; a code that we do not know is news all the same."""
    text, state = HAPPENED.get(event.code, (gettext_lazy("There is news."), "info"))
    if event.code == "decided" and case.outcome == "rejected":
        state = "bad"
    return Line(
        at=event.at, text=str(text) % _details(event.data, case), state=state, code=event.code,
        source=str(SOURCES.get(event.source, "")) if event.source != "portal" else "",
    )  # fmt: skip


class _Details(dict[str, str]):
    """A detail that is missing, as after the erasure, is a dash and no error."""

    def __missing__(self, key: str) -> str:
        return "–"


def _details(data: Mapping[str, Any], case: Case) -> _Details:
    said = _Details({name: str(value) for name, value in data.items()})
    if "cents" in data:
        said["sum"] = euros(int(data["cents"]))
    if at := parse_datetime(str(data.get("begins", ""))):
        local = timezone.localtime(at)
        said["begins"] = formats.date_format(local, "DATETIME_FORMAT")
    if case.outcome:
        said["outcome"] = str(OUTCOME_WORDS[case.outcome])
    return said


def next_of(case: Case, *, open_requests: Iterable[Any] = ()) -> Next:
    """What happens next in this state; the page asks it with the questions that are open."""
    return STEPS.get(case.state, _nothing)(case, list(open_requests))


def _nothing(case: Case, asked: list[Any]) -> Next:
    return Next(text=_("Nothing more has to be done."))


def _draft(case: Case, asked: list[Any]) -> Next:
    return Next(text=_("Go on where you stopped, check everything and send it."), who="you",
                until=case.expires)  # fmt: skip


def _co_sign(case: Case, asked: list[Any]) -> Next:
    return Next(text=_("When everybody has signed, it goes on by itself."), who="others",
                until=case.expires)  # fmt: skip


def _payment(case: Case, asked: list[Any]) -> Next:
    return Next(text=_("Please pay. It is sent as soon as the payment has arrived."), who="you",
                until=case.charge.due if case.charge else case.expires)  # fmt: skip


def _office(case: Case, asked: list[Any]) -> Next:
    if case.charge and case.charge.policy == "deferred" and case.charge.state == "open":
        return Next(text=_("Please pay the fee. Then the office goes on."), who="you",
                    until=case.charge.due)  # fmt: skip
    return Next(text=_("The office works on it and writes to you here."), who="us", until=case.due)


def _query(case: Case, asked: list[Any]) -> Next:
    ends = [one.due for one in asked if one.due]
    return Next(text=_("Please answer the question of the office. Then it goes on."), who="you",
                until=min(ends, default=None))  # fmt: skip


def _decided(case: Case, asked: list[Any]) -> Next:
    return Next(text=_("Read the decision. It also says what you can do if you do not agree."),
                who="you")  # fmt: skip


STEPS: Final = {
    "draft": _draft, "co_sign": _co_sign, "payment": _payment, "submitted": _office,
    "received": _office, "in_progress": _office, "query": _query, "decided": _decided,
}  # fmt: skip
