"""A project's own staff page: how it stands, its versions, and what can be done with it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.projects import changes, drafts
from stadtkern.systems.projects import content as documents
from stadtkern.systems.projects.models import Project
from stadtkern.systems.projects.staff.answer import page, person
from stadtkern.systems.projects.staff.steps import STEPS

VERSIONS = 20
# What needs only the right to write; all else needs the right to publish.
WRITING = ("restore", "renew")


def _moment(label: Any, hint: Any) -> forms.DateTimeField:
    """Without seconds, in the city's zone, as the browser's own field says it."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label, help_text=hint, required=False, widget=widget,
        input_formats=["%Y-%m-%dT%H:%M"],
    )  # fmt: skip


class PublishForm(forms.Form):
    """From when and until when everybody sees it."""

    at = _moment(gettext_lazy("From"), gettext_lazy("Leave it empty to publish now."))
    until = _moment(gettext_lazy("Until"), gettext_lazy("Leave it empty for no end."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        until: datetime | None = data.get("until")
        first = max(data.get("at") or clock.now(), clock.now())
        if until is not None and until <= first:
            self.add_error("until", _("The end lies before the beginning."))
        return data


@staff("projects.edit")
@require_safe
def project(request: HttpRequest, number: int) -> HttpResponse:
    """How it stands."""
    found = get_object_or_404(Project.objects.select_related("published", "next"), pk=number)
    initial = {"until": found.until, "at": found.next_at}
    return _page(request, found, PublishForm(initial=initial))


def _page(
    request: HttpRequest, found: Project, form: PublishForm, status: int = 200
) -> HttpResponse:
    versions = list(found.versions.all()[:VERSIONS])
    content = documents.read(versions[0].content)
    state = drafts.state_of(found, versions[0])
    return page(
        request, "project", project=found, told=content, versions=versions, steps=STEPS,
        state=state, sign=drafts.STATES[state][0], word=drafts.STATES[state][1],
        missing=changes.missing(content), translation=drafts.TRANSLATIONS.get(content.translation),
        form=form, status=status,
        preview=request.build_absolute_uri(reverse("projects:preview", args=[found.token])),
    )  # fmt: skip


@staff("projects.edit")
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Publish, withdraw, archive, bring back, take a change back, or renew the preview's link."""
    found = get_object_or_404(Project, pk=number)
    who, deed = person(request), request.POST.get("do", "")
    if deed not in WRITING and not who.may("projects.publish"):
        messages.error(request, _("Your roles do not allow you to publish. Ask who may."))
        return redirect("projects-staff:project", number)
    if deed == "publish":
        return _publish(request, found, who)
    _done(request, number, who, deed)
    return redirect("projects-staff:project", number)


def _publish(request: HttpRequest, found: Project, who: Account) -> HttpResponse:
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            said = form.cleaned_data
            after = changes.publish(who, found.pk, said["at"], said["until"])
        except changes.NotReady as problem:
            form.add_error(None, str(problem))
        else:
            word = _("It will be published on time.") if after.next_id else _("It is public now.")
            messages.success(request, word)
            return redirect("projects-staff:project", found.pk)
    return _page(request, found, form, 422)


def _done(request: HttpRequest, number: int, who: Account, deed: str) -> None:
    given = request.POST.get("version", "")
    if deed == "withdraw":
        changes.withdraw(who, number)
        said = _("Nobody sees it any more but staff.")
    elif deed == "archive":
        changes.withdraw(who, number, archive=True)
        said = _("It is in the archive now.")
    elif deed == "unarchive":
        changes.unarchive(who, number)
        said = _("It is back in the list. Not public yet.")
    elif deed == "renew":
        changes.renew_preview(who, number)
        said = _("The preview has a new link. The old one no longer works.")
    elif deed == "restore" and given.isascii() and given.isdecimal() and len(given) < 10:
        changes.restore(who, number, int(given))
        said = _("The earlier version is the newest again. Not public yet.")
    else:
        raise Http404
    messages.success(request, said)
