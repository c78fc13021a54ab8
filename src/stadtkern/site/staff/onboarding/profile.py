"""The second step: which model it is, proposed from what is known about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.devices.models import Profile
from stadtkern.kernel.devices.onboarding import proposals, waiting
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.onboarding import drafts

WHY = {
    "label": _("The label names this vendor."),
    "network": _("Your network calls the device so."),
    "messages": _("It reads what the device has sent."),
}


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """Proposals first; a search finds every other profile."""
    draft = drafts.mine(request, number)
    if request.method == "POST":
        given = request.POST.get("profile", "")
        row = Profile.objects.filter(pk=int(given)) if given.isdigit() else None
        if row is not None and row.exists():
            if draft.said.get("profile") != int(given):
                # What it measures is asked anew.
                draft.said = {k: v for k, v in draft.said.items() if k not in ("only", "titles")}
            draft.said["profile"] = int(given)
            draft.save()
            return redirect(drafts.address(draft, "place"))
        messages.error(request, _("Choose one of the profiles."))
    search = request.GET.get("q", "").strip()[:100]
    events = waiting.messages(draft.dev_eui)
    return drafts.shown(
        request,
        draft,
        "profile",
        search=search,
        found=list(proposals.matching(search)) if search else [],
        proposed=proposals.propose(events, vendor=draft.said.get("vendor", "")),
        heard=len(events),
        why=WHY,
        chosen=draft.said.get("profile"),
    )
