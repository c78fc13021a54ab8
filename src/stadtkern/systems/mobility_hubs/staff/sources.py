"""Feeds for staff: how they do, new ones, trials."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import sealing
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.contract import State
from stadtkern.kernel.fetching import NotRead
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.kernel.people.access import staff
from stadtkern.systems.mobility_hubs.models import Source
from stadtkern.systems.mobility_hubs.reading import pulling
from stadtkern.systems.mobility_hubs.reading.refusing import NotUnderstood
from stadtkern.systems.mobility_hubs.staff.answer import MANAGE, SEE, page, person, problems

PULL: Final = "stadtkern.systems.mobility_hubs.reading.pulling.pull_one"
DEEDS: Final = {
    "now": gettext_lazy("It is read now."),
    "pause": gettext_lazy("Paused: what was read stays until it is too old."),
    "go_on": gettext_lazy("It is read by the clock again."),
    "remove": gettext_lazy("Removed, with everything that came from it."),
}


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A feed; its key is written only, never shown."""

    secret = forms.CharField(
        label=gettext_lazy("Key"), required=False, widget=forms.PasswordInput,
        help_text=gettext_lazy("Leave it empty to keep the key that is there."),
    )  # fmt: skip

    class Meta:
        model = Source
        fields = ("name", "slug", "format", "address", "base", "every_minutes", "licence", "credit")
        labels = {"slug": gettext_lazy("Short name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base"].queryset = Source.objects.filter(format="gtfs")  # type: ignore[attr-defined]
        self.fields["base"].required = False

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("format") == "gtfs-rt" and not said.get("base"):
            self.add_error("base", _("Choose the timetable that the delays are of."))
        if said.get("format") not in (None, "gtfs-rt"):
            said["base"] = None
            self.instance.base = None
        return said

    def filled(self) -> Source:
        """The feed as it would be saved."""
        source: Source = self.save(commit=False)
        if self.cleaned_data["secret"]:
            source.key = sealing.seal(self.cleaned_data["secret"])
        return source


@staff(SEE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All feeds with when they answered last."""
    return page(request, "sources", rows=[(one, *how(one)) for one in Source.objects.all()])


def how(source: Source) -> tuple[State, str]:
    """How a feed does, as a sign and in words."""
    if source.paused:
        return "none", _("paused")
    if source.tried is None:
        return "info", _("not read yet")
    if source.failed_since is not None:
        return "bad", _("does not answer")
    return ("tight", _("some rows are refused")) if source.refused else ("good", _("answers"))


@staff(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new feed, or changes to one; with `try` it is asked once and nothing is stored."""
    source = get_object_or_404(Source, pk=pk) if pk else None
    form = SourceForm(request.POST or None, instance=source)
    told: dict[str, Any] = {"form": form, "source": source, "how": how(source) if source else None}
    if request.method == "POST" and form.is_valid():
        if "try" not in request.POST:
            return _saved(request, form, new=source is None)
        told |= _tried(form.filled())
    return page(request, "source", status=422 if form.errors else 200, problems=problems(form),
                **told)  # fmt: skip


def _tried(source: Source) -> dict[str, Any]:
    try:
        return {"trial": pulling.ask(source, known=False, keep=False)}
    except (NotRead, NotUnderstood) as problem:
        return {"failed": str(problem)}


def _saved(request: HttpRequest, form: SourceForm, *, new: bool) -> HttpResponse:
    with transaction.atomic():
        source = form.filled()
        source.etag = source.last_modified = ""
        source.save()
        verb = "mobility_hubs.feed_new" if new else "mobility_hubs.feed_change"
        record(person(request), verb, source,
               changed=[name for name in form.changed_data if name != "secret"])  # fmt: skip
        perform.defer(call=PULL, number=source.pk)
    messages.success(request, _("Saved. The feed is read now, and then by the clock."))
    return redirect("mobility_hubs-staff:source", source.pk)


@staff(MANAGE)
@require_POST
def do(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it now, pause it, go on, or remove it with what came from it."""
    source, what = get_object_or_404(Source, pk=pk), request.POST.get("do", "")
    if what not in DEEDS:
        return redirect("mobility_hubs-staff:source", pk)
    with transaction.atomic():
        record(person(request), f"mobility_hubs.feed_{what}", source)
        if what == "now":
            perform.defer(call=PULL, number=source.pk)
        elif what == "remove":
            source.delete()
        else:
            source.paused = what == "pause"
            source.save(update_fields=["paused"])
    messages.success(request, str(DEEDS[what]))
    if what == "remove":
        return redirect("mobility_hubs-staff:sources")
    return redirect("mobility_hubs-staff:source", pk)
