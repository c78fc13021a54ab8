"""Rent a box: one form, then the payment. Nobody needs an account."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.kernel.payments import charges
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import Account
from stadtkern.systems.bike_boxes.logic import availability, periods, renting, settings
from stadtkern.systems.bike_boxes.logic.renting import NoCard, Order
from stadtkern.systems.bike_boxes.models import Box, Facility, Product, Size
from stadtkern.systems.bike_boxes.pages.finding import DayForm, facility_or_404, products


class RentForm(DayForm):
    """For how long, which size, and where the PIN is sent."""

    size = forms.ChoiceField(label=_("Size of the box"), required=False)
    box = forms.IntegerField(
        label=_("Number of the box"), required=False, min_value=1, max_value=99,
        help_text=_("Only if you stand in front of a certain box. Else leave it empty."),
    )  # fmt: skip
    socket = forms.BooleanField(label=_("With a socket for charging"), required=False)
    email = forms.EmailField(
        label=_("E-mail"), max_length=254,
        help_text=_("We send the PIN and a link to your rental there."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name (if you like)"), max_length=200, required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )  # fmt: skip
    card = forms.CharField(
        label=_("Number of your season-ticket card (if you like)"), max_length=40, required=False,
        help_text=_("With it the card opens the box. We keep no card numbers."),
    )  # fmt: skip

    def __init__(self, data: Any, listed: list[Product], facility: Facility) -> None:
        super().__init__(data, listed)
        sizes = Size.objects.filter(boxes__facility=facility).distinct()
        choices = [("", _("any size")), *((size.slug, size.title) for size in sizes)]
        self.fields["size"].choices = choices  # type: ignore[attr-defined]
        for name in ("size", "box", "socket", "email", "name", "card"):
            if name in data:
                self.data[name] = data[name]  # type: ignore[index]


@public
@require_http_methods(["GET", "HEAD", "POST"])
def rent(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, filled with what the address says; sent, it holds a box and asks for the money."""
    facility, listed = facility_or_404(slug), products()
    if not listed:
        raise Http404
    sent = request.method == "POST"
    form = RentForm(request.POST if sent else request.GET, listed, facility)
    if sent and form.is_valid():
        try:
            held = renting.hold(_order(request, form.cleaned_data, facility, listed))
        except NoCard as refused:
            form.add_error("card", str(refused))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(charges.page(renting.charge_for(held)))
    return _page(request, form, facility, listed, sent=sent)


def _page(
    request: HttpRequest, form: RentForm, facility: Facility, listed: list[Product], *, sent: bool
) -> HttpResponse:
    slug, first = form.data.get("product"), _first(form)
    product = next((one for one in listed if one.slug == slug), listed[0])
    found = availability.on_day(product.kind, first)
    one = next(each for each in found if each.facility.pk == facility.pk)
    if not sent:
        form.is_bound = False
        form.initial = dict(form.data)
    return render(request, "bike_boxes/rent.html", {
        "facility": facility, "form": form, "product": product, "first": first,
        "begins": periods.begin_of(first, clock.now()),
        "ends": periods.end_of(product.kind, first), "one": one,
        "today": first == periods.day_of(clock.now()), "minutes": settings().pay_minutes,
    }, status=422 if form.is_bound and form.errors else 200)  # fmt: skip


def _first(form: RentForm) -> Any:
    try:
        return forms.DateField().clean(form.data.get("first"))
    except forms.ValidationError:
        return periods.day_of(clock.now())


def _order(
    request: HttpRequest, said: dict[str, Any], facility: Facility, listed: list[Product]
) -> Order:
    product = next(one for one in listed if one.slug == said["product"])
    account = request.user if isinstance(request.user, Account) else None
    return Order(
        facility=facility, product=product, first=said["first"],
        size=Size.objects.filter(slug=said["size"]).first() if said["size"] else None,
        box=_box(facility, said["box"]), socket=said["socket"], card=said["card"],
        person=Person(name=said["name"], email=said["email"], account=account,
                      language="en" if get_language() == "en" else "de"),
    )  # fmt: skip


def _box(facility: Facility, number: int | None) -> Box | None:
    if not number:
        return None
    rows = Box.objects.filter(facility=facility, number=number).select_related("unit__resource")
    found = rows.first()
    if found is None:
        raise Refused(_("There is no box with this number here."))
    return found
