"""The codec editor: try it on real messages and on the examples, then save it as a new version."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import registry
from stadtkern.kernel.devices import codecs, versions
from stadtkern.kernel.devices.models import CodecVersion, Profile
from stadtkern.kernel.devices.models.profile import CodecKind
from stadtkern.kernel.devices.provision import codec_of
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.codecs import trial, words
from stadtkern.site.staff.codecs.one import note_results
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

LONGEST = 131_072
MEANWHILE = _(
    "Somebody else has saved version %(version)d meanwhile. Copy your source, load this page anew "
    "and bring both together."
)


class CodecForm(forms.Form):
    """The source of a codec, its kind, and the version it was begun from."""

    codec_kind = forms.ChoiceField(label=_("Kind"), choices=CodecKind.choices)
    codec = forms.CharField(
        label=_("Source code"),
        max_length=LONGEST,
        strip=False,
        required=False,
        widget=forms.Textarea(
            {
                "rows": 30,
                "class": "code",
                "spellcheck": "false",
                "wrap": "off",
                "autocomplete": "off",
                "autocapitalize": "off",
            }
        ),
    )
    note = forms.CharField(
        label=_("What have you changed?"),
        max_length=300,
        required=False,
        help_text=_("Your colleagues read it in the list of versions."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_codec(self) -> str:
        # Browsers send CRLF; line numbers and fingerprints follow LF.
        source = str(self.cleaned_data["codec"]).replace("\r\n", "\n")
        if "\x00" in source:
            raise ValidationError(_("The source holds a zero byte. Delete it."))
        return source

    def draft(self) -> trial.Draft:
        """What was written."""
        return trial.Draft(
            codec_kind=self.cleaned_data["codec_kind"], codec=self.cleaned_data["codec"]
        )


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def codec(request: HttpRequest, number: int) -> HttpResponse:
    """Change a codec."""
    one = get_object_or_404(Profile, pk=number)
    form = CodecForm(request.POST or None, initial=_begun(request, one))
    said: dict[str, Any] = {"profile": one, "form": form, "edited": words.edited(one)}
    if request.method == "POST" and form.is_valid():
        draft = form.draft()
        if "save" in request.POST and _saved(one, form, draft, actor=person(request)):
            messages.success(request, _("The codec is saved. New messages use it within seconds."))
            return redirect("staff-profile", one.pk)
        said["tried"] = trial.tried(one, draft)
    said["declared"] = one.slug in registry.profiles()
    return page(request, "codec", status=422 if form.errors else 200, **said)


def _saved(profile: Profile, form: CodecForm, draft: trial.Draft, *, actor: Any) -> bool:
    """Store a new version, unless somebody else did so meanwhile or no message could be read."""
    if problem := codecs.unusable(codecs.Codec.of(draft)):
        form.add_error(
            "codec",
            ValidationError(
                _("With this source no message could be read: %(problem)s"),
                params={"problem": problem},
            ),
        )
        return False
    wanted = versions.Change(
        kind=draft.codec_kind,
        codec=draft.codec,
        begun=form.cleaned_data["version"],
        note=form.cleaned_data["note"],
        author=str(actor),
    )
    try:
        note_results(versions.change(profile.pk, wanted, actor=actor))
    except versions.Outdated as newer:
        form.add_error("codec", MEANWHILE % {"version": newer.version})
        return False
    return True


def _begun(request: HttpRequest, profile: Profile) -> dict[str, Any]:
    """The present codec, the one that the system ships, or an earlier version."""
    source, kind = profile.codec, profile.codec_kind
    if "shipped" in request.GET and profile.slug in registry.profiles():
        source, kind = codec_of(*registry.profiles()[profile.slug]), CodecKind.JAVASCRIPT
    if (wanted := request.GET.get("version", "")).isdigit():
        rows = CodecVersion.objects.filter(profile=profile, number=int(wanted[:9]))
        if old := rows.first():
            source, kind = old.codec, old.codec_kind
    return {"codec": source, "codec_kind": kind, "version": profile.version}
