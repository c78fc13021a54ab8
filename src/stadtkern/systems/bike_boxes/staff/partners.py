"""Partners with their keys, controllers with theirs, and season-ticket cards."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account, ApiKey, issue_key
from stadtkern.kernel.sealing import unseal
from stadtkern.systems.bike_boxes.logic import codes
from stadtkern.systems.bike_boxes.models import Card, Facility, Partner
from stadtkern.systems.bike_boxes.staff.answer import page, person

PARTNER, CONTROLLER = "bike_boxes:partner", "bike_boxes:controller:"


class PartnerForm(forms.Form):
    """A new partner."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    slug = forms.SlugField(
        label=gettext_lazy("Short name"), max_length=40,
        help_text=gettext_lazy("Small letters, digits and hyphens; it stands in its bookings."),
    )  # fmt: skip

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if Partner.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("There is a partner of this name already."))
        return slug


@staff("bike_boxes.partners")
@require_http_methods(["GET", "HEAD", "POST"])
def partners(request: HttpRequest) -> HttpResponse:
    """All partners and controllers; sent, a new partner or a controller's key."""
    who, made = person(request), ""
    form = PartnerForm(request.POST if "slug" in request.POST else None)
    if request.method == "POST" and "facility" in request.POST:
        facility = get_object_or_404(Facility, slug=request.POST["facility"])
        return _page(request, PartnerForm(), controller_key(facility, who),
                     secret=unseal(facility.secret))  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            partner = Partner.objects.create(**form.cleaned_data)
            made = _new_key(partner, who)
        form = PartnerForm()
    return _page(request, form, made)


def _page(request: HttpRequest, form: PartnerForm, made: str, secret: str = "") -> HttpResponse:
    facilities = Facility.objects.select_related("place")
    return page(request, "partners", form=form, made=made, secret=secret, facilities=facilities,
                partners=Partner.objects.select_related("key"),
                status=422 if form.errors else 200)  # fmt: skip


def _new_key(partner: Partner, who: Account) -> str:
    """A fresh key; the one before works no more. It is shown once."""
    if partner.key is not None:
        ApiKey.objects.filter(pk=partner.key.pk, revoked=None).update(revoked=clock.now())
    partner.key, secret = issue_key(label=f"Fahrradboxen: {partner.name}", scopes=(PARTNER,),
                                    owner=who)  # fmt: skip
    partner.save(update_fields=["key"])
    record(who, "bike_boxes.partner", partner, hint=partner.key.hint)
    return secret


def controller_key(facility: Facility, who: Account | None) -> str:
    """A fresh key for a place's controller; those before work no more."""
    scope = f"{CONTROLLER}{facility.slug}"
    with transaction.atomic():
        ApiKey.objects.filter(scopes__contains=[scope], revoked=None).update(revoked=clock.now())
        key, secret = issue_key(label=f"Terminal {facility.title}", scopes=(scope,), owner=who)
        if who is not None:
            record(who, "bike_boxes.controller", facility, hint=key.hint)
    return secret


@staff("bike_boxes.partners")
@require_POST
def key(request: HttpRequest, number: int) -> HttpResponse:
    """A new key for a partner, or none any more."""
    partner, who = get_object_or_404(Partner, pk=number), person(request)
    if request.POST.get("do") == "new":
        with transaction.atomic():
            made = _new_key(partner, who)
            Partner.objects.filter(pk=partner.pk).update(active=True)
        return _page(request, PartnerForm(), made)
    with transaction.atomic():
        Partner.objects.filter(pk=partner.pk).update(active=False)
        if partner.key is not None:
            ApiKey.objects.filter(pk=partner.key.pk, revoked=None).update(revoked=clock.now())
        record(who, "bike_boxes.partner_off", partner)
    messages.success(request, _("The partner can book nothing any more."))
    return redirect("bike_boxes-staff:partners")


class CardForm(forms.Form):
    """Cards to be known, one a line with the last day: `04A1B2C3D4E580;2027-12-31`."""

    cards = forms.CharField(
        label=gettext_lazy("Cards"), widget=forms.Textarea({"rows": 8}),
        help_text=gettext_lazy(
            "One a line: number, semicolon, last day as 2027-12-31. An empty day blocks the card."
        ),
    )  # fmt: skip

    def clean_cards(self) -> list[tuple[str, date | None]]:
        found = []
        for at, line in enumerate(str(self.cleaned_data["cards"]).splitlines(), start=1):
            if line.strip():
                found.append(self._card(at, line))
        return found

    def _card(self, at: int, line: str) -> tuple[str, date | None]:
        typed, _semicolon, day = line.partition(";")
        number = codes.card_number(typed)
        try:
            until = date.fromisoformat(day.strip()) if day.strip() else None
        except ValueError:
            number = ""
        if not number:
            raise forms.ValidationError(
                _("Line %(line)d is not a card number and a day."), params={"line": at}
            )
        return number, until


@staff("bike_boxes.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def cards(request: HttpRequest) -> HttpResponse:
    """Season-ticket cards as the transport company names them; only pseudonyms are kept."""
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data["cards"]
        _keep(known, person(request))
        messages.success(request, _("%(count)d cards saved.") % {"count": len(known)})
        return redirect("bike_boxes-staff:cards")
    counts: dict[str, Any] = {
        "valid": Card.objects.filter(blocked=None, valid_until__gte=clock.now().date()).count(),
        "all": Card.objects.count(),
    }
    return page(request, "cards", form=form, counts=counts, status=422 if form.errors else 200)


def _keep(known: list[tuple[str, date | None]], who: Account) -> None:
    with transaction.atomic():
        for number, until in known:
            pseudonym = codes.pseudonym(number)
            if until is None:
                Card.objects.filter(pseudonym=pseudonym).update(blocked=clock.now())
            else:
                Card.objects.update_or_create(
                    pseudonym=pseudonym,
                    defaults={"valid_until": until, "blocked": None, "source": "staff"},
                )
        record(who, "bike_boxes.cards", "", count=len(known))
