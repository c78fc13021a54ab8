"""Providers' statements and the bank's file, and where they differ from the books."""

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from stadtkern.kernel.payments.models import DIFFERENCES, Charge, Difference, Statement
from stadtkern.kernel.payments.problems import PaymentProblem
from stadtkern.kernel.payments.reconcile import bank as bank_books
from stadtkern.kernel.payments.reconcile.bank_file import NotABankFile, read
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.page import page
from stadtkern.site.staff.payments import signs

STATEMENTS = 14
COLUMNS = (
    Column(title=gettext_lazy("Day"), sort=("day",)),
    Column(title=gettext_lazy("What differs"), sort=("kind",)),
    Column(title=gettext_lazy("Here"), sort=("ours",), num=True),
    Column(title=gettext_lazy("There"), sort=("theirs",), num=True),
    Column(title=gettext_lazy("What to do")),
)
TO_DO = {
    "missing": gettext_lazy(
        "Ask the provider why its statement does not name this payment. If it was never paid out,"
        " it has to pay."
    ),
    "unknown": gettext_lazy(
        "Look this number up with the provider. If nobody here is owed it, have it paid back there."
    ),
    "open": gettext_lazy(
        "Open the charge and ask the provider again. It says two different things at the moment."
    ),
    "amount": gettext_lazy("Compare both amounts with the provider and clear up which is right."),
    "refund_missing": gettext_lazy(
        "Ask the provider whether the money went back. If not, transfer it."
    ),
    "refund_unknown": gettext_lazy(
        "Somebody paid this back at the provider. Note the refund at its charge, or claim it back."
    ),
    "bank_unknown": gettext_lazy(
        "Enter the reference of the charge it belongs to. If there is none, pay it back."
    ),
}
CLEARED = {"": gettext_lazy("open"), "yes": gettext_lazy("cleared")}


class DifferenceFilters(Filters):
    """By kind; those that are cleared only when asked for."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What differs"), choices=any_of(list(DIFFERENCES.items()))
    )
    cleared = forms.ChoiceField(label=gettext_lazy("State"), choices=list(CLEARED.items()))

    def apply(self, rows: QuerySet[Difference]) -> QuerySet[Difference]:
        """The rows that pass."""
        if kind := self.given("kind"):
            rows = rows.filter(kind=kind)
        return rows.filter(cleared__isnull=not self.given("cleared"))


class BankForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(
        label=gettext_lazy("File of the bank"),
        help_text=gettext_lazy(
            "CAMT.053, or a table with the columns Buchungstag, Betrag, Verwendungszweck. The same"
            " file can come twice; nothing is counted twice."
        ),
    )


@staff("payments.see")
def compare(request: HttpRequest) -> HttpResponse:
    """Differences with what to do, and which statements were read."""
    return _page(request, BankForm())


def _page(request: HttpRequest, form: BankForm, status: int = 200) -> HttpResponse:
    filters = DifferenceFilters(request)
    rows = Difference.objects.select_related("provider", "charge")
    return page(
        request, "payments/compare", filters=filters, form=form, to_do=TO_DO, status=status,
        listed=listed(request, filters.apply(rows), COLUMNS, default="-day"),
        statements=Statement.objects.select_related("provider")[:STATEMENTS],
        **signs.words(request),
    )  # fmt: skip


@staff("payments.refund")
@require_POST
def bank(request: HttpRequest) -> HttpResponse:
    """Take a file of the bank into the books."""
    form = BankForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, 422)
    file = form.cleaned_data["file"]
    try:
        became = bank_books.take(read(file.read()), person(request), file.name)
    except NotABankFile as problem:
        form.add_error("file", str(problem))
        return _page(request, form, 422)
    messages.success(
        request,
        _(
            "Read: %(paid)d payments, %(payouts)d payouts, %(returned)d refunds, %(unknown)d not"
            " known, %(known)d read before."
        )
        % {"paid": became.paid, "payouts": became.payouts, "returned": became.returned,
           "unknown": became.unknown, "known": became.known},
    )  # fmt: skip
    return redirect("staff-payments-compare")


@staff("payments.refund")
@require_POST
def do(request: HttpRequest, number: int) -> HttpResponse:
    """`do`: `clear` with a note, `assign` a credit to the charge with this reference."""
    if not Difference.objects.filter(pk=number).exists():
        raise Http404
    name = request.POST.get("do", "")
    if name == "clear":
        note = request.POST.get("note", "").strip()
        if not note:
            messages.error(request, _("Please write in a few words what it was."))
        else:
            bank_books.clear(number, note, person(request))
            messages.success(request, _("Cleared up."))
    elif name == "assign":
        _assign(request, number)
    else:
        raise Http404
    return redirect("staff-payments-compare")


def _assign(request: HttpRequest, number: int) -> None:
    wanted = request.POST.get("reference", "").replace(" ", "").upper()
    charge = Charge.objects.filter(reference=wanted).first()
    if charge is None:
        messages.error(request, _("There is no charge with this reference. Please check it."))
        return
    try:
        bank_books.assign(number, charge, person(request))
    except PaymentProblem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The payment is noted."))
