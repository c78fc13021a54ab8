"""The first step: which device it is, from its label."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.devices.models import Device, Draft
from stadtkern.kernel.devices.onboarding import label as labels
from stadtkern.kernel.devices.onboarding import making, waiting
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.onboarding import drafts

HEARD = 3
OPEN = 5
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class LabelForm(forms.Form):
    """What stands on the label, and the keys where the network does not hold them."""

    label = forms.CharField(
        label=_("QR code or DevEUI"),
        max_length=600,
        help_text=_(
            "Scan the code on the device, paste its text, or type the DevEUI: 16 characters, 0-9 "
            "and a-f, with or without separators."
        ),
        widget=forms.TextInput(PLAIN),
    )
    join_eui = forms.CharField(
        label=_("JoinEUI"), required=False, max_length=60, widget=forms.TextInput(PLAIN)
    )
    app_key = forms.CharField(
        label=_("AppKey"),
        required=False,
        max_length=100,
        help_text=_("32 characters. It is sealed at once and never shown again."),
        widget=forms.TextInput(PLAIN),
    )

    def clean_label(self) -> labels.Label:
        found: labels.Label = _read(labels.read, self.cleaned_data["label"])
        if known := Device.objects.filter(dev_eui=found.dev_eui).first():
            raise ValidationError(
                _("This DevEUI belongs to “%(name)s” already."), params={"name": known.name}
            )
        return found

    def clean_join_eui(self) -> str:
        given = self.cleaned_data["join_eui"]
        return str(_read(labels.eui, given, "JoinEUI")) if given else ""

    def clean_app_key(self) -> str:
        given = self.cleaned_data["app_key"]
        return str(_read(labels.key, given)) if given else ""


def _read(read: Any, *given: str) -> Any:
    try:
        return read(*given)
    except ValueError as error:
        raise ValidationError(str(error)) from None


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new device, from the label on."""
    form = LabelForm(request.POST or None, initial=_begun(request))
    if request.method == "POST" and form.is_valid():
        draft = _draft(form, person(request).get_username())
        return redirect(drafts.address(draft, drafts.next_step(draft)))
    author = person(request).get_username()
    return drafts.shown(
        request,
        None,
        "label",
        form=form,
        heard=waiting.strangers(limit=HEARD),
        begun=Draft.objects.filter(author=author, device=None)[:OPEN],
        status=422 if form.errors else 200,
    )


def _begun(request: HttpRequest) -> dict[str, str]:
    number = request.GET.get("draft", "")
    if number.isdigit() and len(number) < 18:
        own = Draft.objects.filter(author=person(request).get_username(), device=None)
        if draft := own.filter(pk=int(number)).first():
            return {"label": draft.dev_eui, "join_eui": draft.said.get("join_eui", "")}
    return {"label": request.GET.get("dev_eui", "")[:64]}


def _draft(form: LabelForm, author: str) -> Draft:
    """The reader's draft of this device, begun or gone on with."""
    said: labels.Label = form.cleaned_data["label"]
    draft, _new = Draft.objects.get_or_create(author=author, dev_eui=said.dev_eui, device=None)
    told = {
        "join_eui": form.cleaned_data["join_eui"] or said.join_eui,
        "vendor": said.vendor,
        "model": said.model,
        "serial": said.serial,
    }
    draft.said |= {name: value for name, value in told.items() if value}
    if key := form.cleaned_data["app_key"] or said.app_key:
        draft.keys = making.seal({"app_key": key})
    draft.save()
    return draft
