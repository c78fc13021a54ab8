"""Contracts with payment providers: made, changed, tested, switched."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction as database
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.payments.models import Provider
from stadtkern.kernel.payments.problems import ProviderProblem
from stadtkern.kernel.payments.providers import KINDS, Kind, adapter
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.sealing import seal
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page
from stadtkern.site.staff.payments import signs


class ProviderForm(forms.Form):
    """What all contracts have; the adapter's own settings and the secret come after."""

    title = forms.CharField(
        label=gettext_lazy("Name"), max_length=120,
        help_text=gettext_lazy("Payers read this where they choose how to pay."),
    )  # fmt: skip
    slug = forms.SlugField(label=gettext_lazy("Short name"), max_length=40)
    weight = forms.IntegerField(
        label=gettext_lazy("Place in the list"), min_value=0, max_value=999, initial=50
    )

    def __init__(self, kind: Kind, known: Provider | None, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind, self.known = kind, known
        # The books name it.
        self.fields["slug"].disabled = known is not None
        for one in kind.settings:
            self.fields[f"set_{one.name}"] = forms.CharField(
                label=one.title, required=one.required, help_text=one.help, max_length=500
            )
        if kind.secret:
            self.fields["secret"] = forms.CharField(
                label=kind.secret, required=not (known and known.secret), max_length=500,
                widget=forms.PasswordInput({"autocomplete": "off"}),
                help_text=_("It is kept sealed and never shown again.")
                + (" " + _("Empty: it stays as it is.") if known and known.secret else ""),
            )  # fmt: skip

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if self.known is None and Provider.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another provider has this short name."))
        return slug

    def settings(self) -> dict[str, str]:
        """The adapter's settings as they are kept."""
        return {one.name: self.cleaned_data[f"set_{one.name}"].strip()
                for one in self.kind.settings}  # fmt: skip


@staff("payments.providers")
def providers(request: HttpRequest) -> HttpResponse:
    """All contracts, and the kinds that a new one can be of."""
    rows = [(one, KINDS.get(one.adapter)) for one in Provider.objects.all()]
    kinds = {slug: kind.title for slug, kind in KINDS.items()}
    return page(request, "payments/providers", rows=rows, kinds=kinds, **signs.words(request))


@staff("payments.providers")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """`?kind=card`: a new contract."""
    slug = request.GET.get("kind", "")
    if slug not in KINDS:
        return redirect("staff-payments-providers")
    form = ProviderForm(KINDS[slug], None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        one = _save(request, Provider(adapter=slug), form, "payments.provider_create")
        return redirect("staff-payments-provider", one.pk)
    return page(request, "payments/provider", form=form, kind=KINDS[slug],
                status=422 if form.errors else 200, **signs.words(request))  # fmt: skip


@staff("payments.providers")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """One contract."""
    one = get_object_or_404(Provider, pk=number)
    kind = KINDS.get(one.adapter)
    if kind is None:
        raise Http404
    initial = {"title": one.title, "slug": one.slug, "weight": one.weight}
    initial |= {f"set_{name}": value for name, value in one.settings.items()}
    form = ProviderForm(kind, one, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        _save(request, one, form, "payments.provider_change")
        messages.success(request, _("Saved. Please test the connection."))
        return redirect("staff-payments-provider", one.pk)
    return page(request, "payments/provider", form=form, kind=kind, provider=one,
                status=422 if form.errors else 200, **signs.words(request))  # fmt: skip


def _save(request: HttpRequest, one: Provider, form: ProviderForm, verb: str) -> Provider:
    told = form.cleaned_data
    one.title, one.slug, one.weight = told["title"], told["slug"], told["weight"]
    one.settings = form.settings()
    if told.get("secret"):
        one.secret = seal(told["secret"])
    with database.atomic():
        one.save()
        record(person(request), verb, one, title=one.title, settings=one.settings,
               secret=bool(told.get("secret")))  # fmt: skip
    return one


@staff("payments.providers")
@require_POST
def do(request: HttpRequest, number: int) -> HttpResponse:
    """`do`: `test` the connection, `switch` on or off."""
    one = get_object_or_404(Provider, pk=number)
    name = request.POST.get("do", "")
    if name == "test":
        _test(request, one)
    elif name == "switch":
        with database.atomic():
            one.active = not one.active
            one.save(update_fields=["active"])
            record(person(request), "payments.provider_change", one, active=one.active)
        text = _("Payers can choose it now.") if one.active else _("Payers cannot choose it now.")
        messages.success(request, text)
    else:
        raise Http404
    return redirect("staff-payments-provider", number)


def _test(request: HttpRequest, one: Provider) -> None:
    try:
        found, one.problem = adapter(one).check(), ""
        messages.success(request, found)
    except ProviderProblem as problem:
        one.problem = str(problem)[:300]
        messages.error(request, one.problem)
    one.checked = clock.now()
    one.save(update_fields=["checked", "problem"])
