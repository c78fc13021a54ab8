"""Where one is signed in, and when one signed in last."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.identity import sessions
from stadtkern.kernel.identity.doors import person, signed_in
from stadtkern.kernel.identity.pages.show import show

SHOWN = 20


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """The list; a POST ends one session (`end`) or all others (`all`)."""
    who, here = person(request), request.session.session_key or ""
    if request.method == "POST":
        with transaction.atomic():
            if number := request.POST.get("end", ""):
                sessions.end(who, row=int(number) if number.isdigit() else 0)
            else:
                sessions.end(who, but=here)
            record(who, "account.end_sessions", who)
        messages.success(request, _("Signed out there.") if number else _(
            "You are signed out everywhere else."))  # fmt: skip
        return redirect("sessions")
    rows = sessions.open_ones(who)
    last = list(who.sign_ins.all()[:SHOWN])
    return show(request, "devices", rows=rows, here=here, last=last, shown=SHOWN)
