"""One device profile: what it measures, how its examples went, who uses it, its codec."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices import codecs, proof
from stadtkern.kernel.devices.models import Profile, Uplink
from stadtkern.kernel.devices.repository.check import text
from stadtkern.kernel.devices.repository.storing import proposals
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.codecs import words
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page


@staff("devices.see")
def profile(request: HttpRequest, number: int) -> HttpResponse:
    """One profile with its codec."""
    rows = Profile.objects.select_related("sensor").annotate(
        count=Count("devices", distinct=True), kept=Count("versions", distinct=True)
    )
    one = get_object_or_404(rows, pk=number)
    return page(
        request,
        "profile",
        profile=one,
        edited=words.edited(one),
        measures=words.measured(one),
        unmapped=_unmapped(one),
        examples=_examples(one),
        failed=[{**r, "function": words.FUNCTIONS.get(r["function"], "")} for r in one.results],
        wishes=_wishes(one),
        troubles=_troubles(one),
        may_edit=person(request).may("devices.edit"),
    )


@staff("devices.edit")
@require_POST
def check_now(request: HttpRequest, number: int) -> HttpResponse:
    """Run the examples again."""
    one = get_object_or_404(Profile, pk=number)
    note_results(one)
    if one.examples_bad:
        sentence = _("%(bad)d of %(all)d examples differ.")
        found = {"bad": one.examples_bad, "all": len(one.examples)}
        messages.warning(request, sentence % found)
    else:
        messages.success(request, _("All examples are reproduced."))
    return redirect("staff-profile", number)


@staff("devices.edit")
@require_POST
def release(request: HttpRequest, number: int) -> HttpResponse:
    """Let a codec run again that was paused because it had to be stopped too often."""
    one = get_object_or_404(Profile, pk=number)
    if codecs.release(one):
        record(person(request), "devices.codec_release", one)
        messages.success(request, _("The codec runs again."))
    return redirect("staff-profile", number)


def note_results(profile: Profile) -> None:
    """Run the examples of a profile's codec and keep how they went."""
    with CodecPool(workers=1) as pool:
        proof.prove(profile, pool)


def _unmapped(profile: Profile) -> list[Any]:
    """Fields of the examples that no line of the mapping reads."""
    read = {measure["path"] for measure in profile.measures}
    return [one.field for one in proposals(profile.examples) if one.field.path not in read]


def _examples(profile: Profile) -> list[tuple[Any, int]]:
    """How many examples there are of each function."""
    counts = dict.fromkeys(words.FUNCTIONS, 0)
    for example in profile.examples:
        function = example.get("function", "decodeUplink")
        counts[function] = counts.get(function, 0) + 1
    return [(words.FUNCTIONS[f], n) for f, n in counts.items() if n and f in words.FUNCTIONS]


def _wishes(profile: Profile) -> list[tuple[str, str]]:
    """Downlinks that its codec can write, by its examples."""
    return [
        (str(e.get("description", "")), text(e["input"].get("data")))
        for e in profile.examples
        if e.get("function") == "encodeDownlink"
    ][:20]


def _troubles(profile: Profile) -> list[Uplink]:
    rows = Uplink.objects.in_trouble().filter(device__profile=profile)
    return list(rows.defer("raw").select_related("device").order_by("-id")[:5])
