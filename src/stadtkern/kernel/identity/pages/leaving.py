"""Taking one's data along, and closing the account."""

import json

from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.identity import closing, export
from stadtkern.kernel.identity.doors import person, signed_in
from stadtkern.kernel.identity.pages.security import PasswordForm
from stadtkern.kernel.identity.pages.show import show


@signed_in
@require_safe
def take_along(request: HttpRequest) -> HttpResponse:
    """All that the city keeps of the account, as a file."""
    who = person(request)
    with transaction.atomic():
        said = export.of(who)
        record(who, "account.export", who)
    answer = HttpResponse(
        json.dumps(said, ensure_ascii=False, indent=1, default=str), "application/json"
    )
    answer["Content-Disposition"] = 'attachment; filename="konto.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Says what happens; the password, or having signed in just now, is asked for."""
    who = person(request)
    if who.is_staff:
        return show(request, "close_staff")
    form = PasswordForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        closing.close(who)
        logout(request)
        messages.success(request, _("Your account is closed. We have deleted your details."))
        return redirect("home")
    return show(request, "close", form=form, who=who)
