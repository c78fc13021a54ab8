"""Setting networks up: made by kind, changed, switched, and given a new token."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import sealing
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import Network
from stadtkern.kernel.devices.networks import ADAPTERS, token
from stadtkern.kernel.devices.networks.adapter import Door, door
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.networks import sample
from stadtkern.site.staff.networks.forms import NetworkForm, initial
from stadtkern.site.staff.networks.steps import address, door_of, steps
from stadtkern.site.staff.page import page


class TitleForm(forms.Form):
    """Of the city's own broker only the name is set here; the rest stands in the city's file."""

    title = forms.CharField(label=_("Name"), max_length=200)


@staff("networks.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """First the kind, then its form; what they post with is shown in this one answer."""
    if "kind" not in request.GET:
        kinds = [(kind, one) for kind, adapter in ADAPTERS.items() for one in adapter.doors]
        return page(request, "network_kinds", kinds=kinds)
    kind, found = _chosen(request)
    form = NetworkForm(found, request.POST or None)
    if "try" in request.POST or not (request.method == "POST" and form.is_valid()):
        return _form(request, form, kind=kind, door=found)
    with transaction.atomic():
        network, made = _made(form, kind, found.way)
        record(person(request), "networks.create", network, **_told(network))
    if made:
        return _token_page(request, network, made)
    messages.success(request, _("The network is saved. Test the connection now."))
    return redirect("staff-network", network.pk)


@staff("networks.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Other settings; an empty secret stays as it is."""
    network = get_object_or_404(Network, pk=number)
    found = door_of(network)
    if found is None:
        return _rename(request, network)
    form = NetworkForm(found, request.POST or None, network=network, initial=initial(network))
    if "try" in request.POST or not (request.method == "POST" and form.is_valid()):
        return _form(request, form, kind=network.kind, door=found, network=network)
    with transaction.atomic():
        network.title, network.settings = form.cleaned_data["title"], form.settings()
        if form.secret():
            network.secret = sealing.seal(form.secret())
        network.save(update_fields=["title", "settings", "secret"])
        record(person(request), "networks.change", network, **_told(network, form.changed_data))
    messages.success(request, _("The network is saved. It takes effect within seconds."))
    return redirect("staff-network", network.pk)


@staff("networks.edit")
@require_POST
def switch(request: HttpRequest, number: int) -> HttpResponse:
    """Off: we hang up, and their posts are refused; on again at any time."""
    network = get_object_or_404(Network.objects.exclude(way="home"), pk=number)
    with transaction.atomic():
        network.on = not network.on
        network.save(update_fields=["on"])
        verb = "networks.on" if network.on else "networks.off"
        record(person(request), verb, network, slug=network.slug)
    said = _("The network is on.") if network.on else _("The network is switched off.")
    messages.success(request, said)
    return redirect("staff-network", number)


@staff("networks.edit")
@require_POST
def renew(request: HttpRequest, number: int) -> HttpResponse:
    """A new token, shown once; the old one stops to work within seconds."""
    network = get_object_or_404(Network.objects.filter(way="http"), pk=number)
    made = token.made()
    with transaction.atomic():
        network.digest = token.digest(made)
        network.save(update_fields=["digest"])
        record(person(request), "networks.token", network, slug=network.slug)
    return _token_page(request, network, made)


def _chosen(request: HttpRequest) -> tuple[str, Door]:
    kind, way = request.GET.get("kind", ""), request.GET.get("way", "")
    found = door(ADAPTERS[kind], way) if kind in ADAPTERS else None
    if found is None:
        raise Http404
    return kind, found


def _made(form: NetworkForm, kind: str, way: str) -> tuple[Network, str]:
    """The network, and its token where the other side begins."""
    made = token.made() if way == "http" else ""
    network = Network.objects.create(
        slug=form.cleaned_data["slug"],
        title=form.cleaned_data["title"],
        kind=kind,
        way=way,
        settings=form.settings(),
        secret=sealing.seal(form.secret()) if form.secret() else None,
        digest=token.digest(made) if made else "",
    )
    return network, made


def _told(network: Network, fields: list[str] | None = None) -> dict[str, Any]:
    """For the audit log: what was set, never a secret."""
    named = {name: value for name, value in network.settings.items() if name != "ca"}
    about = {"slug": network.slug, "kind": network.kind, "way": network.way, "settings": named}
    return about if fields is None else {**about, "fields": fields}


def _form(request: HttpRequest, form: NetworkForm, **about: Any) -> HttpResponse:
    tried = sample.tried(request, form, about["kind"]) if "try" in request.POST else None
    status = 422 if form.is_bound and form.errors else 200
    sampled = about["kind"] == sample.KIND
    return page(
        request, "network_form", status=status, form=form, sampled=sampled, tried=tried,
        sample=request.POST.get("sample", ""), **about,
    )  # fmt: skip


def _rename(request: HttpRequest, network: Network) -> HttpResponse:
    form = TitleForm(request.POST or None, initial={"title": network.title})
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            network.title = form.cleaned_data["title"]
            network.save(update_fields=["title"])
            record(person(request), "networks.change", network, slug=network.slug, fields=["title"])
        messages.success(request, _("The network is saved. It takes effect within seconds."))
        return redirect("staff-network", network.pk)
    status = 422 if form.errors else 200
    return page(request, "network_form", form=form, network=network, status=status)


def _token_page(request: HttpRequest, network: Network, made: str) -> HttpResponse:
    return page(
        request,
        "network_token",
        network=network,
        token=made,
        address=address(request, network),
        steps=steps(request, network, made),
    )
