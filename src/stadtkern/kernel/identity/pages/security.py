"""How one signs in: passkeys, the code app, codes on paper."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.formguard import sender_of
from stadtkern.kernel.identity import attempts, entering, mails, stepup
from stadtkern.kernel.identity.doors import person, signed_in
from stadtkern.kernel.identity.factors import codes
from stadtkern.kernel.identity.pages.show import show
from stadtkern.kernel.identity.pages.signing_in import CodeForm, landing
from stadtkern.kernel.people.access import SECOND_FACTOR, lacks_second_factor, public
from stadtkern.kernel.people.models import Account, Passkey


class PasswordForm(forms.Form):
    """One's password once more, before something that makes the account less safe."""

    password = forms.CharField(
        label=gettext_lazy("Your password"), strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )  # fmt: skip

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.who = person(request)
        # Whoever has none signed in just now in another way.
        if not self.who.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        given = str(self.cleaned_data["password"])
        target = attempts.target_of(self.who.username, self.request)
        address = sender_of(self.request)
        if attempts.too_many(target, address):
            raise forms.ValidationError(_("This failed too often. Please wait 15 minutes."))
        if not self.who.check_password(given):
            attempts.note_failure(target, address, self.who)
            raise forms.ValidationError(_("This is not your password."))
        return given

    def clean(self) -> dict[str, Any]:
        if "password" not in self.fields and not entering.is_fresh(self.request):
            raise forms.ValidationError(_("Please sign in once more, then try again."))
        return super().clean() or {}


@signed_in
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """What protects the account, and what more could."""
    who = person(request)
    return show(
        request, "security", who=who, passkeys=list(who.passkeys.all()),
        code_app=codes.is_on(who), paper=codes.left(who), has_password=who.has_usable_password(),
        required=lacks_second_factor(request),
    )  # fmt: skip


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def code_app(request: HttpRequest) -> HttpResponse:
    """Set up the app: picture and secret, then a first code; the codes on paper are shown once."""
    who = person(request)
    if codes.is_on(who):
        return redirect("account-security")
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = _("The six digits that your app shows now.")
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            paper = codes.confirm(who, "".join(form.cleaned_data["code"].split()))
            if paper:
                request.session[SECOND_FACTOR] = True
                _changed(
                    who,
                    "account.code_app_on",
                    gettext_lazy("A code app protects your account now."),
                )
        if paper:
            return show(request, "paper", codes=paper, fresh=True)
        form.add_error(
            "code", _("This code is wrong. Check the clock of your phone and try again.")
        )
    app = codes.begin(who)
    secret = codes.secret_of(app)
    groups = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    uri = codes.address_of(app, who)
    return show(request, "code_app", form=form, secret=groups, uri=uri, picture=_picture(uri))


def _picture(uri: str) -> SafeString:
    """The address as a QR code (SVG), drawn here: it holds a secret."""
    import segno  # noqa: PLC0415  rarely needed

    drawn = segno.make(uri, error="m", micro=False)
    svg = drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="id-qr")
    return mark_safe(svg)  # noqa: S308  made of an address of ours


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def code_app_off(request: HttpRequest) -> HttpResponse:
    """Without the app, if the password is given once more."""
    who = person(request)
    form = PasswordForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            codes.switch_off(who)
            _changed(who, "account.code_app_off", gettext_lazy("The code app was switched off."))
        messages.success(request, _("The code app is switched off."))
        return redirect("account-security")
    return show(request, "code_app_off", form=form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest) -> HttpResponse:
    """New codes on paper; the old ones hold no more."""
    who = person(request)
    if not codes.is_on(who):
        return redirect("account-security")
    form = PasswordForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = codes.new_paper(who)
            _changed(who, "account.paper", gettext_lazy("There are new codes on paper."))
        return show(request, "paper", codes=made, fresh=False)
    return show(request, "paper_new", form=form)


@signed_in
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a passkey."""
    if not entering.is_fresh(request):
        return JsonResponse(
            {"problem": _("Please sign in once more, then add the passkey.")}, status=403
        )
    from stadtkern.kernel.identity.factors import passkeys  # noqa: PLC0415  loads webauthn

    return HttpResponse(passkeys.to_make(request, person(request)), "application/json")


@signed_in
@require_POST
def passkey_add(request: HttpRequest) -> HttpResponse:
    """The passkey that the browser made: `{"name", "credential"}`."""
    from stadtkern.kernel.identity.factors import passkeys  # noqa: PLC0415  loads webauthn

    who, said = person(request), _said(request)
    try:
        with transaction.atomic():
            passkeys.make(request, who, said.get("credential") or {}, str(said.get("name", "")))
            _changed(who, "account.passkey_add", gettext_lazy("A passkey was added."))
    except passkeys.NotTaken:
        return JsonResponse({"problem": _("That did not work. Please try again.")}, status=422)
    messages.success(request, _("The passkey is there. You can sign in with it from now on."))
    return JsonResponse({"to": reverse("account-security")})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def passkey_remove(request: HttpRequest, number: int) -> HttpResponse:
    """One passkey less, after the password was given once more."""
    who = person(request)
    key = get_object_or_404(Passkey, pk=number, account=who)
    form = PasswordForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            key.delete()
            _changed(who, "account.passkey_remove", gettext_lazy("A passkey was removed."))
        messages.success(request, _("The passkey is gone. Delete it on your device as well."))
        return redirect("account-security")
    return show(request, "passkey_remove", form=form, key=key)


@public
@require_POST
def login_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to sign in with a passkey."""
    from stadtkern.kernel.identity.factors import passkeys  # noqa: PLC0415  loads webauthn

    return HttpResponse(passkeys.to_use(request), "application/json")


@public
@require_POST
def login_passkey(request: HttpRequest) -> HttpResponse:
    """What the passkey signed: `{"credential", "next"}`; the answer says where to go."""
    from stadtkern.kernel.identity.factors import passkeys  # noqa: PLC0415  loads webauthn

    said, address = _said(request), sender_of(request)
    if attempts.too_many("passkey", address):
        return JsonResponse(
            {"problem": _("This failed too often. Please wait 15 minutes.")}, status=429
        )
    try:
        with transaction.atomic():
            account = passkeys.use(request, said.get("credential") or {})
            entering.enter(request, account, way="passkey", second=True)
    except passkeys.NotTaken:
        record(f"address:{address}", attempts.FAILED, "passkey")
        return JsonResponse(
            {"problem": _("This passkey is not known here. Please sign in another way.")},
            status=403,
        )
    back = stepup.safe(request, str(said.get("next") or ""))
    return JsonResponse({"to": back or landing(request)})


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _changed(who: Account, verb: str, what: Any) -> None:
    record(who, verb, who)
    mails.changed(who, what, mark=f"{verb}:{clock.now().timestamp():.0f}")
