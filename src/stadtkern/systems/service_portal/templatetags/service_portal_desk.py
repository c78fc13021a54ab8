"""What the pages of the desk say of cases: words and signs of states, deadlines, documents."""

from datetime import timedelta
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from stadtkern.kernel import clock
from stadtkern.kernel.cases.desk import periods
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.models import Case, Document
from stadtkern.kernel.contract import State
from stadtkern.kernel.identity.trust import TITLES, Trust
from stadtkern.kernel.payments import words
from stadtkern.kernel.ui.numbers import figure

register = template.Library()
SIGNS: dict[str, State] = {
    "submitted": "info", "received": "info", "in_progress": "info", "query": "tight",
    "decided": "good", "closed": "none", "withdrawn": "none",
}  # fmt: skip
# As the desk says it: “waiting for you” is the applicant's word.
STATES = {
    "submitted": gettext_lazy("sent"), "received": gettext_lazy("received"),
    "in_progress": gettext_lazy("in progress"), "query": gettext_lazy("waits for the applicant"),
    "decided": gettext_lazy("decided"), "closed": gettext_lazy("closed"),
    "withdrawn": gettext_lazy("withdrawn"),
}  # fmt: skip
KINDS = {
    "upload": gettext_lazy("from the applicant"), "copy": gettext_lazy("copy of what was sent"),
    "decision": gettext_lazy("decision"), "letter": gettext_lazy("letter"),
    "receipt": gettext_lazy("receipt"),
}  # fmt: skip
ORIGINS = {
    "bundid": gettext_lazy("from BundID"), "eid": gettext_lazy("from the ID card"),
    "account": gettext_lazy("from the account"),
}  # fmt: skip
register.filter("euros", words.euros)


@register.filter
def case_sign(case: Case) -> State:
    """The sign of a state."""
    return "bad" if case.outcome == "rejected" else SIGNS.get(case.state, "none")


@register.filter
def case_word(case: Case) -> str:
    """The state in words, with the outcome where there is one."""
    word = str(STATES.get(case.state, case.state))
    return f"{word}: {case.get_outcome_display()}" if case.outcome else word


@register.filter
def due_word(case: Case, light: str) -> str:
    """A deadline in words, in working days where it is near or over."""
    if case.due is None:
        return ""
    today, day = timezone.localdate(clock.now()), timezone.localdate(case.due)
    said = formats.date_format(day, "SHORT_DATE_FORMAT")
    if light == "bad":
        late = periods.work_days_between(day, today)
        words = ngettext("%(day)s, %(count)d working day late",
                         "%(day)s, %(count)d working days late", late)  # fmt: skip
        return words % {"day": said, "count": late}
    if light == "tight":
        left = periods.work_days_between(today, day)
        words = ngettext("%(day)s, %(count)d working day left",
                         "%(day)s, %(count)d working days left", left)  # fmt: skip
        return words % {"day": said, "count": left}
    return said


@register.filter
def document_words(document: Document) -> str:
    """Where a document is from, its type and size."""
    origin = KINDS.get(document.kind, document.kind)
    if document.origin == "back_office":
        origin = gettext_lazy("from the back office")
    kind = document.mime.rpartition("/")[2].upper()
    return f"{origin}, {kind}, {figure(document.size / 1000, 0)} kB"


@register.filter
def origin_word(origin: str) -> str:
    """Where a prefilled answer came from."""
    return str(ORIGINS.get(origin, _("filled in from the account")))


@register.filter
def level_word(level: int) -> str:
    """A level of trust in words."""
    return str(TITLES[Trust(level)])


@register.filter
def field_title(name: str, definition: Definition) -> str:
    """What was asked for: the title of a field, or the words as they are."""
    field = definition.fields().get(name)
    if field is None:
        return name
    return field.title.get(get_language() or "de") or field.title.get("de", name)


@register.filter
def days_words(days: DateRange) -> str:
    """A half-open range of days as people say it."""
    first = formats.date_format(days.lower, "SHORT_DATE_FORMAT") if days.lower else ""
    if not days.upper:
        return first
    last = formats.date_format(days.upper - timedelta(days=1), "SHORT_DATE_FORMAT")
    return f"{first} – {last}"


@register.filter
def share_words(share: float | None) -> str:
    """A share in percent; a dash where there is none."""
    return "–" if share is None else f"{figure(100 * share, 0)} %"


@register.filter
def days_figure(value: float | None) -> str:
    """A number with one decimal; a dash where there is none."""
    return "–" if value is None else figure(value, 1)


@register.filter
def part_of(value: Any, most: Any) -> float:
    """The share of a bar."""
    return float(value) / float(most) if most else 0.0
