"""Prices: what a day, a week, a month and a year cost. What was sold keeps its price."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.bike_boxes.models import Product
from stadtkern.systems.bike_boxes.staff.answer import page, person

if TYPE_CHECKING:
    ProductModelForm = forms.ModelForm[Product]
else:
    ProductModelForm = forms.ModelForm


class PriceForm(ProductModelForm):
    """All that can change; how the end is reckoned stays."""

    class Meta:
        model = Product
        fields = ("name", "name_en", "cents", "tax_rate", "refund", "budget", "active", "source")
        labels = {
            "name": gettext_lazy("Name"), "name_en": gettext_lazy("Name in English"),
            "cents": gettext_lazy("Price in cents, with tax"),
            "tax_rate": gettext_lazy("Value added tax, per mille"),
            "refund": gettext_lazy("What goes back where a rental ends early"),
            "budget": gettext_lazy("Budget"), "active": gettext_lazy("Can be bought"),
            "source": gettext_lazy("Source of the price"),
        }  # fmt: skip


@staff("bike_boxes.see")
@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    """All prices."""
    return page(request, "prices", products=Product.objects.all())


@staff("bike_boxes.prices")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change one."""
    product = get_object_or_404(Product, slug=slug)
    before = product.cents
    form = PriceForm(request.POST or None, instance=product)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            record(person(request), "bike_boxes.price", product, before=before,
                   after=product.cents)  # fmt: skip
        messages.success(request, _("Saved. What was sold keeps its price."))
        return redirect("bike_boxes-staff:prices")
    return page(request, "price", form=form, product=product, status=422 if form.errors else 200)
