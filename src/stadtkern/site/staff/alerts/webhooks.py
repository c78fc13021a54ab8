"""Webhooks: other programs that hear of alerts."""

import secrets

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.alerts import guard
from stadtkern.kernel.alerts.models import Webhook
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.sealing import seal
from stadtkern.site.staff.alerts import signs
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page


class WebhookForm(forms.Form):
    """Where messages go."""

    title = forms.CharField(label=_("Name"), max_length=200)
    url = forms.URLField(
        label=_("Address"), max_length=500, assume_scheme="https",
        help_text=_("It gets a signed POST for each message and has ten seconds to answer."),
    )  # fmt: skip

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            guard.way_to(url)
        except guard.Refused as refused:
            raise ValidationError(str(refused)) from None
        return url


@staff("alerts.edit")
def webhooks(request: HttpRequest) -> HttpResponse:
    """All webhooks."""
    rows = Webhook.objects.prefetch_related("rules")
    return page(request, "alerts/webhooks", webhooks=rows, **signs.words(request))


@staff("alerts.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new webhook; its secret is shown once."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        secret = secrets.token_urlsafe(32)
        with transaction.atomic():
            hook = Webhook.objects.create(**form.cleaned_data, secret=seal(secret))
            record(person(request), "alerts.webhook", hook, title=hook.title, url=hook.url)
        return page(
            request, "alerts/webhook_made", webhook=hook, secret=secret, **signs.words(request)
        )
    status = 422 if form.errors else 200
    return page(request, "alerts/webhook_new", form=form, status=status, **signs.words(request))


@staff("alerts.edit")
@require_POST
def switch(request: HttpRequest, number: int) -> HttpResponse:
    """On or off."""
    with transaction.atomic():
        hook = get_object_or_404(Webhook.objects.select_for_update(), pk=number)
        hook.on = not hook.on
        hook.save(update_fields=["on"])
        record(person(request), "alerts.webhook", hook, on=hook.on)
    messages.success(request, _("The webhook is on.") if hook.on else _("The webhook is off."))
    return redirect("staff-webhooks")
