"""Who did what: the audit log, to read and to take along."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.site.staff.deeds import target_of, title_of
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.page import page

LOCAL = "%Y-%m-%dT%H:%M"
COLUMNS = (
    Column(title=_("When")),
    Column(title=_("Who")),
    Column(title=_("What")),
    Column(title=_("On what")),
    Column(title=_("Details")),
)
HEADS = ("at", "actor", "name", "verb", "target", "details")
ACCOUNT = "account:"


class AuditFilters(Filters):
    """By actor, verb and time."""

    actor = forms.CharField(label=_("Who"), widget=forms.TextInput({"type": "search"}))
    verb = forms.ChoiceField(label=_("What"))
    since = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput({"type": "datetime-local"}, LOCAL)
    )
    until = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, LOCAL)
    )

    def prepare(self) -> None:
        verbs = Entry.objects.order_by("verb").values_list("verb", flat=True).distinct()
        self.fields["verb"].choices = any_of([(v, title_of(v)) for v in verbs])  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        """The rows that pass."""
        if actor := self.given("actor"):
            rows = rows.filter(_by(actor))
        if verb := self.given("verb"):
            rows = rows.filter(verb=verb)
        if since := self.given("since"):
            rows = rows.filter(at__gte=since)
        if until := self.given("until"):
            rows = rows.filter(at__lt=until)
        return rows


def _by(text: str) -> Q:
    """Entries of an actor of this name, or of the accounts whose user name contains it."""
    ids = Account.objects.filter(username__icontains=text).values_list("id", flat=True)[:100]
    return Q(actor__icontains=text) | Q(actor__in=[f"{ACCOUNT}{number}" for number in ids])


@staff("audit.see")
def audit(request: HttpRequest) -> HttpResponse:
    """The log, newest first, as a page or as a file."""
    filters = AuditFilters(request)
    rows = filters.apply(Entry.objects.all())
    if request.GET.get("format") == "csv":
        entries = list(rows[:LONGEST])
        names = names_of(entries)
        return csv_file(
            "audit",
            HEADS,
            ((e.at, e.actor, names.get(e.actor, ""), e.verb, e.target, e.details) for e in entries),
        )
    found = listed(request, rows, COLUMNS)
    names = names_of(found.page)
    shown = [
        (entry, names.get(entry.actor, ""), title_of(entry.verb), target_of(entry.target))
        for entry in found.page
    ]
    return page(request, "audit", listed=found, filters=filters, shown=shown)


def names_of(entries: Iterable[Entry]) -> dict[Any, str]:
    """User names of the accounts among the actors; one query."""
    actors = {entry.actor for entry in entries}
    ids = {a.removeprefix(ACCOUNT) for a in actors if a.startswith(ACCOUNT)}
    rows = Account.objects.filter(pk__in=[int(n) for n in ids if n.isdigit()])
    return {f"{ACCOUNT}{number}": name for number, name in rows.values_list("pk", "username")}
