"""The versions of a codec: who changed what and why, and the way back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.devices import versions as kept
from stadtkern.kernel.devices.models import CodecVersion, Profile
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.codecs.one import note_results
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

MOST = 200


@staff("devices.see")
@require_http_methods(["GET", "HEAD", "POST"])
def versions(request: HttpRequest, number: int) -> HttpResponse:
    """All versions, the difference between two of them, and going back to one."""
    one = get_object_or_404(Profile, pk=number)
    may_edit = person(request).may("devices.edit")
    if request.method == "POST":
        if not may_edit:
            raise Http404
        return _back(request, one)
    rows = list(CodecVersion.objects.filter(profile=one).defer("codec", "measures")[:MOST])
    numbers = sorted({one.version, *(row.number for row in rows)}, reverse=True)
    new = _asked(request, "new", numbers, one.version)
    old = _asked(request, "old", numbers, max((n for n in numbers if n < new), default=new))
    return page(
        request,
        "codec_versions",
        profile=one,
        rows=rows,
        numbers=numbers,
        old=old,
        new=new,
        diff=kept.diff(_source(one, old), _source(one, new)) if old != new else [],
        may_edit=may_edit,
    )


def _asked(request: HttpRequest, name: str, numbers: list[int], default: int) -> int:
    asked = request.GET.get(name, "")
    return int(asked) if asked.isdigit() and int(asked[:9]) in numbers else default


def _source(profile: Profile, number: int) -> str:
    if number == profile.version:
        return profile.codec
    rows = CodecVersion.objects.filter(profile=profile, number=number)
    return rows.values_list("codec", flat=True).first() or ""


def _back(request: HttpRequest, profile: Profile) -> HttpResponse:
    """Make an earlier version the newest, as a new version of its own."""
    asked = request.POST.get("back", "")
    old = get_object_or_404(
        CodecVersion, profile=profile, number=int(asked[:9]) if asked.isdigit() else -1
    )
    actor: Any = person(request)
    wanted = kept.Change(
        kind=old.codec_kind,
        codec=old.codec,
        begun=profile.version,
        note=str(_("Back to version %(number)d") % {"number": old.number}),
        author=str(actor),
    )
    try:
        note_results(kept.change(profile.pk, wanted, actor=actor))
    except kept.Outdated:
        messages.error(request, _("Somebody else has changed the codec meanwhile. Look again."))
        return redirect("staff-codec-versions", profile.pk)
    messages.success(request, _("Version %(number)d is in use again.") % {"number": old.number})
    return redirect("staff-profile", profile.pk)
