"""Saying whose a gateway is, what it is called and where it stands."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.coverage import standing
from stadtkern.kernel.devices.models import Gateway
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Thing
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page
from stadtkern.site.staff.place_choice import PlaceChoiceForm


class GatewayForm(PlaceChoiceForm):
    """What can be said of a gateway; its EUI stays."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    own = forms.BooleanField(
        label=_("It is the city's own"),
        required=False,
        help_text=_("Only own gateways are on the public map, as things at a place."),
    )
    thing = forms.IntegerField(
        label=_("Thing we have"),
        required=False,
        min_value=1,
        help_text=_(
            "Only where another system has made this gateway as a thing already: its number, as at "
            "the end of its page's address. Then both become one."
        ),
    )
    field_order = ("name", "own", "where", "place")

    def __init__(self, *args: Any, gateway: Gateway, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gateway = gateway
        self.fields["where"].choices = [  # type: ignore[attr-defined]
            ("nowhere", _("not known, or it is not ours")),
            *self.fields["where"].choices,  # type: ignore[attr-defined]
        ]

    def clean_thing(self) -> Thing | None:
        number = self.cleaned_data.get("thing")
        if number is None:
            return None
        thing = Thing.objects.filter(pk=number).first()
        if thing is None:
            raise ValidationError(_("There is no thing with this number."))
        other = Gateway.objects.filter(thing=thing).exclude(pk=self.gateway.pk).first()
        if other is not None:
            raise ValidationError(
                _("This thing is the gateway “%(name)s” already."), params={"name": other}
            )
        return thing

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("where") == "nowhere" and (data.get("own") or data.get("thing")):
            self.add_error("where", _("Say where our own gateway stands."))
        return data


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Another name, whose it is, and its place."""
    one = get_object_or_404(Gateway.objects.select_related("thing__place"), pk=number)
    form = GatewayForm(request.POST or None, initial=_present(one), gateway=one)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            _changed(one, form, actor=person(request))
        messages.success(request, _("The gateway is saved."))
        return redirect("staff-gateway", one.pk)
    return page(
        request, "gateways/change", form=form, gateway=one, status=422 if form.errors else 200
    )


def _changed(one: Gateway, form: GatewayForm, *, actor: Any) -> None:
    before = {"name": one.name, "own": one.own, "thing": one.thing_id}
    data = form.cleaned_data
    one.name, one.own = data["name"], data["own"]
    one.save(update_fields=["name", "own"])
    if data["where"] != "nowhere":
        standing.stand(one, form.chosen_place(), data.get("thing"))
    elif one.thing_id:
        # The thing and what it measured stay; it only is no gateway any more.
        one.thing = None
        one.save(update_fields=["thing"])
    place = one.thing.place_id if one.thing else None
    record(actor, "gateways.change", one, before=before, name=one.name, own=one.own,
           thing=one.thing_id, place=place)  # fmt: skip


def _present(one: Gateway) -> dict[str, Any]:
    place = one.thing.place if one.thing else None
    told = {"lon": one.lon, "lat": one.lat, "place_name": one.name} if one.spot else {}
    return {
        "name": one.name,
        "own": one.own,
        "where": "known" if place else ("new" if told else "nowhere"),
        "place": str(place.public_id) if place else "",
        "place_kind": _kind(),
        **told,
    }


def _kind() -> str:
    """The kind of place that a system declares for gateways, if one does."""
    return next((key for key in registry.place_kinds() if key.endswith(".gateway")), "")
