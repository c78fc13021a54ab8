"""What a form costs and which permits it gives: one list, each line with its own page."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms.definition import (
    Condition,
    Definition,
    Fee,
    FormProblem,
    Grant,
)
from stadtkern.kernel.cases.forms.spell import spelt
from stadtkern.kernel.cases.forms.values.numbers import euros
from stadtkern.kernel.cases.forms.values.texts import in_words
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.forms import conditions
from stadtkern.systems.service_portal.staff.forms.conditions import NotUsable
from stadtkern.systems.service_portal.staff.forms.door import (
    FORMS,
    Change,
    NoDraft,
    change,
    form_of,
    language,
    page,
    shown_version,
)
from stadtkern.systems.service_portal.staff.forms.words import WordsForm, pair, spoken


class FeeForm(WordsForm):
    """One line of the bill."""

    text, text_en = pair(gettext_lazy("Text on the bill"), required=True, longest=200)
    amount = forms.DecimalField(
        label=gettext_lazy("Amount in euros"), min_value=0, max_value=999_999, decimal_places=2,
        localize=True,
    )  # fmt: skip
    per = forms.ChoiceField(label=gettext_lazy("Times the number in"), required=False)
    budget = forms.CharField(label=gettext_lazy("Budget"), required=False, max_length=60)


class GrantForm(forms.Form):
    """A permit that a granted application gives."""

    kind = forms.SlugField(
        label=gettext_lazy("Kind of permit"), max_length=60,
        help_text=gettext_lazy("Such as resident-parking. Other systems look for it."),
    )  # fmt: skip
    number = forms.CharField(
        label=gettext_lazy("Its number begins with"), required=False, max_length=12
    )
    subject = forms.ChoiceField(label=gettext_lazy("What it is for (question)"))
    months = forms.IntegerField(label=gettext_lazy("Months"), min_value=1, max_value=1200)
    begins = forms.ChoiceField(label=gettext_lazy("Begins on (question)"), required=False)
    says = forms.MultipleChoiceField(
        label=gettext_lazy("What else the permit says"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


@staff(FORMS)
@require_safe
def fees(request: HttpRequest, slug: str) -> HttpResponse:
    """Fees and permits of a form."""
    form = form_of(request, slug)
    version = shown_version(form)
    definition, code = door.read(version.definition), language()
    fields = definition.fields()
    return page(request, "fees", form, {
        "draft": version.state == "draft", "definition": definition,
        "fees": [{"text": in_words(one.text, code), "amount": euros(one.cents, code),
                  "per": in_words(fields[one.per].title, code) if one.per else "",
                  "when": spelt(one.when, definition, code)} for one in definition.fees],
        "grants": [{"kind": one.kind, "months": one.months,
                    "subject": in_words(fields[one.subject].title, code)}
                   for one in definition.grants],
    })  # fmt: skip


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def fee(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One fee; the number behind the last one is a new one."""
    form = form_of(request, slug)
    definition = door.read(shown_version(form).definition)
    known = _at(definition.fees, number)
    initial = {**spoken(known.text, "text"), "amount": Decimal(known.cents) / 100,
               "per": known.per, "budget": known.budget} if known else {}  # fmt: skip
    asked = FeeForm(request.POST or None, initial=initial)
    _choices(asked, "per", definition, ("integer",), _("one piece"))

    def made(now: Definition) -> Definition:
        said = asked.cleaned_data
        before = now.fees[number].when if number < len(now.fees) else Condition()
        row = Fee(text=asked.words("text"), cents=int(said["amount"] * 100), per=said["per"],
                  budget=said["budget"],
                  when=conditions.parsed(request.POST, now, before))  # fmt: skip
        # The first fee makes the form one that costs something.
        payment = "upfront" if now.payment == "none" else now.payment
        return replace(now, fees=_put(now.fees, number, row), payment=payment)

    def gone(now: Definition) -> Definition:
        left = _put(now.fees, number, None)
        payment = "none" if not left and now.payment == "upfront" else now.payment
        return replace(now, fees=left, payment=payment)

    if _answered(request, form, asked, made, gone, "fee"):
        return redirect("service_portal-staff:form-fees", slug)
    said = request.POST if request.method == "POST" else None
    board = conditions.board(known.when if known else Condition(), definition, language(), said)
    return page(request, "fee", form, {"form": asked, "fee": known, "board": board},
                status=422 if asked.errors else 200)  # fmt: skip


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One permit; the number behind the last one is a new one."""
    form = form_of(request, slug)
    definition = door.read(shown_version(form).definition)
    known = _at(definition.grants, number)
    names = ("kind", "number", "subject", "months", "begins")
    initial = {one: getattr(known, one) for one in names} if known else {}
    initial |= {"says": list(known.data)} if known else {}
    asked = GrantForm(request.POST or None, initial=initial)
    _choices(asked, "subject", definition, (), None)
    _choices(asked, "says", definition, (), None)
    _choices(asked, "begins", definition, ("date",), _("the day of the decision"))

    def made(now: Definition) -> Definition:
        said = asked.cleaned_data
        row = Grant(**{one: said[one] for one in names}, data=tuple(said["says"]))
        return replace(now, grants=_put(now.grants, number, row))

    def gone(now: Definition) -> Definition:
        return replace(now, grants=_put(now.grants, number, None))

    if _answered(request, form, asked, made, gone, "permit"):
        return redirect("service_portal-staff:form-fees", slug)
    return page(request, "grant", form, {"form": asked, "grant": known},
                status=422 if asked.errors else 200)  # fmt: skip


def _at(rows: tuple[Any, ...], number: int) -> Any:
    if number > len(rows):
        raise Http404
    return rows[number] if number < len(rows) else None


def _put(rows: tuple[Any, ...], number: int, row: Any) -> tuple[Any, ...]:
    """The rows with one put in, added, or (None) taken out."""
    return (*rows[:number], *(() if row is None else (row,)), *rows[number + 1 :])


def _choices(
    asked: Any, name: str, definition: Definition, kinds: tuple[str, ...], empty: str | None
) -> None:
    rows = [(one.id, in_words(one.title, language())) for one in definition.fields().values()
            if one.kind not in ("note", "file") and (not kinds or one.kind in kinds)]  # fmt: skip
    asked.fields[name].choices = rows if empty is None else [("", empty), *rows]


def _answered(
    request: HttpRequest, form: Any, asked: Any, made: Change, gone: Change, part: str
) -> bool:
    """Whether the page was sent and what it said is kept."""
    if request.method != "POST":
        return False
    remove = request.POST.get("do") == "remove"
    if not remove and not asked.is_valid():
        return False
    try:
        change(request, form, gone if remove else made, part)
    except FormProblem as problem:
        for one in problem.wrong:
            asked.add_error(None, one.text)
    except (NoDraft, NotUsable) as problem:
        asked.add_error(None, str(problem))
    else:
        messages.success(request, _("Saved."))
        return True
    return False
