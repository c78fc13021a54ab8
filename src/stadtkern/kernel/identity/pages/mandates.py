"""Acting for somebody: for whom I do, who does for me, and how either begins and ends."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.formguard import sender_of
from stadtkern.kernel.identity import acting, attempts
from stadtkern.kernel.identity.doors import person, signed_in
from stadtkern.kernel.identity.pages.show import show
from stadtkern.kernel.people.models import IdentityProvider, Mandate


class GuardianForm(forms.Form):
    """For which child, and the declaration."""

    name = forms.CharField(
        label=_("Full name of the child"), max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    declared = forms.BooleanField(
        label=_("I declare that I have custody of this child and may act for it."),
        error_messages={"required": _("Please confirm that you may act for this child.")},
    )


class InviteForm(forms.Form):
    """In which way somebody shall be acted for."""

    kind = forms.ChoiceField(
        label=_("What do you want to do?"), widget=forms.RadioSelect,
        choices=[
            ("helper", _("I help somebody to fill in applications.")),
            ("proxy", _("I act for somebody as their authorised representative.")),
        ],
    )  # fmt: skip


class CodeForm(forms.Form):
    """The code that the other person has shown or told."""

    code = forms.CharField(
        label=_("Code"), max_length=20,
        help_text=_("Ten letters and digits. The person who wants to act for you has it."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip


class AgreeForm(forms.Form):
    """For how long."""

    code = forms.CharField(widget=forms.HiddenInput, max_length=20)
    until = forms.DateField(
        label=_("Until"), required=False,
        help_text=_("Optional. You can end it at any time."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if day and day < timezone.localdate(clock.now()):
            raise forms.ValidationError(_("Choose a day that is not over."))
        return day


@signed_in
@require_safe
def mandates(request: HttpRequest) -> HttpResponse:
    """For whom I act, and who acts for me."""
    who = person(request)
    mine = who.mandates.exclude(state="ended").select_related("organisation", "whom")
    for_me = who.represented_by.holding().select_related("account")
    companies = IdentityProvider.objects.filter(active=True, audience="companies")
    now = clock.now()
    return show(
        request, "mandates", companies=list(companies),
        mine=[one for one in mine if one.until is None or one.until > now],
        for_me=[(one, acting.called(one.account)) for one in for_me],
    )  # fmt: skip


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def guardian(request: HttpRequest) -> HttpResponse:
    """A guardian declares to be one."""
    form = GuardianForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        acting.declare_guardian(person(request), " ".join(form.cleaned_data["name"].split()))
        messages.success(request, _("Saved. You can now apply for this child."))
        return redirect("account-mandates")
    return show(request, "guardian", form=form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """A code for the person who shall be acted for; shown once."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made, code = acting.invite(person(request), form.cleaned_data["kind"])
        return show(request, "invited", mandate=made, code=code)
    return show(request, "invite", form=form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The code, then who it is and for how long, then it holds."""
    who, address = person(request), sender_of(request)
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return show(request, "mandate_code", form=form)
    target = f"mandate code:{who.pk}"
    if attempts.too_many(target, address):
        form.add_error("code", _("This failed too often. Please wait 15 minutes."))
        return show(request, "mandate_code", form=form, status=429)
    try:
        found = acting.invitation(form.cleaned_data["code"], who)
        agree = AgreeForm(request.POST if "agree" in request.POST else None,
                          initial={"code": form.cleaned_data["code"]})  # fmt: skip
        if "agree" not in request.POST or not agree.is_valid():
            return show(request, "mandate_agree", form=agree, mandate=found,
                        name=acting.called(found.account))  # fmt: skip
        acting.confirm(form.cleaned_data["code"], who, _end_of(agree.cleaned_data["until"]))
    except acting.NoSuchCode:
        attempts.note_failure(target, address)
        form.add_error("code", _("There is no such code, or it is too old. Please check it."))
        return show(request, "mandate_code", form=form)
    messages.success(request, _("Confirmed. You can end it here at any time."))
    return redirect("account-mandates")


@signed_in
@require_POST
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Either side ends it."""
    who = person(request)
    found = get_object_or_404(Mandate, Q(account=who) | Q(whom=who), public_id=public_id)
    if found.state == "ended":
        raise Http404
    acting.end(found, who)
    messages.success(request, _("Ended."))
    return redirect("account-mandates")


def _end_of(day: Any) -> datetime | None:
    """The end of that day in the city's zone."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
