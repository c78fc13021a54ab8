"""The desk: what needs me, my office's cases, all that I may see; as a list and as a file."""

import csv
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.desk import inbox
from stadtkern.kernel.cases.models import OUTCOMES, STATES, Case, Form
from stadtkern.kernel.cases.models.case import CHANNELS
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account, Department
from stadtkern.systems.service_portal.staff.answer import RIGHTS, SEE, page, person

PER_PAGE: Final = 50
MOST_IN_FILE: Final = 20_000
ALL: Final = ("", gettext_lazy("all"))
HIDDEN: Final = ("draft", "co_sign", "payment", "expired")
TABS: Final = {
    "me": gettext_lazy("Needs me"), "check": gettext_lazy("To check"),
    "free": gettext_lazy("Nobody's yet"), "office": gettext_lazy("My offices"),
    "late": gettext_lazy("Overdue"), "all": gettext_lazy("All"),
}  # fmt: skip
# Columns of the list: how the address names them, and the fields they sort by.
COLUMNS: Final = (
    ("reference", gettext_lazy("Case reference"), ""),
    ("form", gettext_lazy("What for"), "version__form__title"),
    ("name", gettext_lazy("Name"), "name"),
    ("office", gettext_lazy("Office"), "department__title"),
    ("state", gettext_lazy("State"), "state"),
    ("submitted", gettext_lazy("Sent"), "submitted"),
    ("due", gettext_lazy("Due"), "due"),
    ("clerk", gettext_lazy("Clerk"), "clerk__username"),
)  # fmt: skip


class Filters(forms.Form):
    """What the list can be narrowed to; what it does not understand, it leaves out."""

    q = forms.CharField(
        label=gettext_lazy("Reference, name, plate or permit"), required=False, max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False,
        choices=[ALL, *((key, word) for key, word in STATES.items() if key not in HIDDEN)],
    )  # fmt: skip
    office = forms.ModelChoiceField(
        Department.objects.none(), label=gettext_lazy("Office"), required=False,
        to_field_name="slug", empty_label=gettext_lazy("all"),
    )  # fmt: skip
    form = forms.ModelChoiceField(
        Form.objects.none(), label=gettext_lazy("Form"), required=False, to_field_name="slug",
        empty_label=gettext_lazy("all"),
    )  # fmt: skip
    clerk = forms.ModelChoiceField(
        Account.objects.none(), label=gettext_lazy("Clerk"), required=False,
        to_field_name="username", empty_label=gettext_lazy("all"),
    )  # fmt: skip
    four_eyes = forms.BooleanField(label=gettext_lazy("Needs four eyes"), required=False)

    def __init__(self, data: Any, clerk: Account) -> None:
        super().__init__(data)
        where = clerk.departments_for(SEE)
        offices, kinds = Department.objects.all(), Form.objects.all()
        people = Account.objects.filter(is_staff=True, is_active=True).order_by("username")
        if where is not None:
            offices, kinds = offices.filter(pk__in=where), kinds.filter(department__in=where)
            people = people.filter(memberships__department__in=where).distinct()
        for name, rows in (("office", offices), ("form", kinds), ("clerk", people)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.is_valid()

    def apply(self, rows: QuerySet[Case]) -> QuerySet[Case]:
        """The rows that pass."""
        said = self.cleaned_data
        exact = {"state": "state", "office": "department", "form": "version__form",
                 "clerk": "clerk"}  # fmt: skip
        rows = rows.filter(**{to: said[name] for name, to in exact.items() if said.get(name)})
        if said.get("four_eyes"):
            rows = rows.filter(version__definition__four_eyes=True)
        return inbox.found(rows, said["q"]) if said.get("q") else rows


@staff(SEE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """One list with views as tabs; view, filters, order and page stand in the address."""
    filters, views, tab, rows = _asked(request)
    known = inbox.counts(rows, views)
    listed = Paginator(_ordered(rows.filter(views[tab]), request), PER_PAGE)
    shown = listed.get_page(request.GET.get("page"))
    tabs = [(name, TABS[name], known[name]) for name in TABS if name != "check" or known["check"]
            or person(request).may(RIGHTS.approve)]  # fmt: skip
    now = clock.now()
    return page(request, "desk", filters=filters, tab=tab, tabs=tabs, listed=shown,
                heads=_heads(request), rows=[(one, inbox.light(one, now)) for one in shown],
                filtered=bool(set(request.GET) - {"view", "page", "sort"}))  # fmt: skip


def _asked(
    request: HttpRequest,
) -> tuple[Filters, dict[str, Any], str, QuerySet[Case]]:
    """The filters, the views, which of them is asked for, and the rows that pass the filters."""
    clerk = person(request)
    filters = Filters(request.GET, clerk)
    views = inbox.tabs(clerk, RIGHTS)
    # Whoever looks for something looks everywhere, unless they chose a view.
    usual = "all" if request.GET.get("q") else "me"
    tab = request.GET.get("view", usual)
    return (
        filters,
        views,
        tab if tab in views else usual,
        filters.apply(inbox.visible(clerk, RIGHTS)),
    )


def _ordered(rows: QuerySet[Case], request: HttpRequest) -> QuerySet[Case]:
    """As the address asks; else what is due first, and then the oldest."""
    sort = request.GET.get("sort", "")
    field = next((to for key, _t, to in COLUMNS if to and key == sort.removeprefix("-")), "")
    if not field:
        return rows.order_by(F("due").asc(nulls_last=True), "submitted", "pk")
    falling = sort.startswith("-")
    order = F(field).desc(nulls_last=True) if falling else F(field).asc(nulls_last=True)
    return rows.order_by(order, "pk")


def _heads(request: HttpRequest) -> list[dict[str, Any]]:
    """Headings with their present order and the order that a click brings."""
    sort = request.GET.get("sort", "")
    heads = []
    for key, title, field in COLUMNS:
        on = bool(field) and sort.removeprefix("-") == key
        falling = sort.startswith("-")
        order = ("descending" if falling else "ascending") if on else ""
        to = (key if falling or not on else f"-{key}") if field else ""
        heads.append({"title": title, "order": order, "to": to})
    return heads


HEADS: Final = (
    gettext_lazy("Case reference"), gettext_lazy("What for"), gettext_lazy("Office"),
    gettext_lazy("State"), gettext_lazy("Outcome"), gettext_lazy("Way"), gettext_lazy("Sent"),
    gettext_lazy("Due"), gettext_lazy("Decided"), gettext_lazy("Clerk"),
)  # fmt: skip


@staff(SEE)
@require_safe
def desk_csv(request: HttpRequest) -> HttpResponse:
    """The same list as a file: no names, no answers."""
    _filters, views, tab, rows = _asked(request)
    chosen = _ordered(rows.filter(views[tab]), request)[:MOST_IN_FILE]
    answer = csv_answer("desk", HEADS, (_cells(one) for one in chosen))
    record(person(request), "case.export", "cases.case", view=tab)
    return answer


def _cells(one: Case) -> Sequence[Any]:
    return [one.reference, one.version.form.title, one.department.title, STATES[one.state],
            OUTCOMES.get(one.outcome, ""), CHANNELS[one.channel], _moment(one.submitted),
            _moment(one.due), _moment(one.decided),
            one.clerk.username if one.clerk else ""]  # fmt: skip


def _moment(at: Any) -> str:
    return timezone.localtime(at).isoformat(timespec="minutes") if at else ""


def csv_answer(name: str, heads: Sequence[Any], rows: Any) -> HttpResponse:
    """UTF-8 with a mark and semicolons; no cell begins like a formula."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "private, no-store"
    answer.write("\N{BOM}")
    out = csv.writer(answer, delimiter=";")
    out.writerow([_safe(one) for one in heads])
    out.writerows([_safe(one) for one in row] for row in rows)
    return answer


def _safe(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
