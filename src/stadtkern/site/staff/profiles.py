"""Device profiles: what a model measures, and the codec that reads its messages."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import Profile, Uplink, fingerprint
from stadtkern.kernel.devices.provision import codec_of
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff import codec_trial
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, listed
from stadtkern.site.staff.page import page

LONGEST = 131_072
MEANWHILE = _(
    "Somebody else has saved version %(version)d meanwhile. Copy your source, load this page anew "
    "and bring both together."
)
COLUMNS = (
    Column(title=_("Profile"), sort=("title",)),
    Column(title=_("Vendor"), sort=("vendor",)),
    Column(title=_("Devices"), sort=("count",), num=True),
    Column(title=_("In trouble"), sort=("failed",), num=True),
    Column(title=_("Codec"), sort=("version",)),
)


class ProfileFilters(Filters):
    """By any word of its name."""

    q = forms.CharField(label=_("Name or vendor"), widget=forms.TextInput({"type": "search"}))

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass."""
        q = self.given("q")
        return rows.filter(Q(title__icontains=q) | Q(vendor__icontains=q)) if q else rows


class CodecForm(forms.Form):
    """The source of a codec and the version it was begun from."""

    codec = forms.CharField(
        label=_("Source code"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(
            {
                "rows": 30,
                "class": "code",
                "spellcheck": "false",
                "wrap": "off",
                "autocomplete": "off",
            }
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_codec(self) -> str:
        # Browsers send CRLF; line numbers and fingerprints follow LF.
        source = str(self.cleaned_data["codec"]).replace("\r\n", "\n")
        if problem := codec_trial.unusable(source):
            raise ValidationError(
                _("With this source no message could be read: %(problem)s"),
                params={"problem": problem},
            )
        return source


@staff("devices.see")
def profiles(request: HttpRequest) -> HttpResponse:
    """All profiles."""
    filters = ProfileFilters(request)
    rows = filters.apply(Profile.objects.defer("codec").annotate(count=Count("devices")))
    rows = rows.annotate(failed=_failed())
    found = listed(request, rows, COLUMNS, default="title")
    return page(request, "profiles", listed=found, filters=filters)


@staff("devices.see")
def profile(request: HttpRequest, number: int) -> HttpResponse:
    """One profile with its codec."""
    one = get_object_or_404(Profile.objects.annotate(count=Count("devices")), pk=number)
    return page(
        request,
        "profile",
        profile=one,
        edited=edited(one),
        measures=_measures(one),
        troubles=_troubles(one),
        may_edit=person(request).may("devices.edit"),
    )


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def codec(request: HttpRequest, number: int) -> HttpResponse:
    """Change a codec: try it on the last messages, then save it."""
    one = get_object_or_404(Profile, pk=number)
    form = CodecForm(request.POST or None, initial=_begun(request, one))
    said: dict[str, Any] = {"profile": one, "form": form, "edited": edited(one)}
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST and save(one, form, actor=person(request)):
            messages.success(request, _("The codec is saved. New messages use it within seconds."))
            return redirect("staff-profile", one.pk)
        if not form.errors:
            said["trials"] = codec_trial.tried(one, form.cleaned_data["codec"])[1]
    return page(request, "codec", status=422 if form.errors else 200, **said)


def save(profile: Profile, form: CodecForm, *, actor: Any) -> bool:
    """Store a new version, unless somebody else did so meanwhile."""
    source = form.cleaned_data["codec"]
    with transaction.atomic():
        now = Profile.objects.select_for_update().get(pk=profile.pk)
        if now.version != form.cleaned_data["version"]:
            form.add_error("codec", MEANWHILE % {"version": now.version})
            return False
        if now.codec != source:
            record(
                actor,
                "devices.codec",
                now,
                version=now.version + 1,
                before=fingerprint(now.codec),
                after=fingerprint(source),
            )
            now.codec, now.version = source, now.version + 1
            now.save(update_fields=["codec", "version"])
    return True


def edited(profile: Profile) -> bool:
    """Whether the city changed the codec that came with the system."""
    return fingerprint(profile.codec) != profile.shipped


def _begun(request: HttpRequest, profile: Profile) -> dict[str, Any]:
    source = profile.codec
    if "shipped" in request.GET and profile.slug in registry.profiles():
        source = codec_of(*registry.profiles()[profile.slug])
    return {"codec": source, "version": profile.version}


def _failed() -> Count:
    day = clock.now() - timedelta(days=1)
    return Count("devices", filter=~Q(devices__problem="") & Q(devices__last_seen__gte=day))


def _measures(profile: Profile) -> list[tuple[str, Any, str]]:
    """Path in the decoded object, property and unit of each measure."""
    observed = registry.observed()
    found = []
    for measure in profile.measures:
        declared = observed.get(measure["property"])
        title = declared.title if declared else measure["property"]
        found.append((measure["path"], title, declared.unit if declared else ""))
    return found


def _troubles(profile: Profile) -> list[Uplink]:
    rows = Uplink.objects.in_trouble().filter(device__profile=profile)
    return list(rows.defer("raw").select_related("device").order_by("-id")[:5])
