"""The checks before a dataset is public, and the decision: publish, withdraw, delete."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.dcat import check as record_check
from stadtkern.kernel.catalogue.dcat import scores
from stadtkern.kernel.catalogue.files import uploads
from stadtkern.kernel.catalogue.licences import LICENCES
from stadtkern.kernel.catalogue.models import Dataset, Upload, Version
from stadtkern.kernel.people.access import staff
from stadtkern.systems.open_data.publishing.answer import own_dataset, page, person
from stadtkern.systems.open_data.publishing.steps import steps

SHORT = 60


class ReasonForm(forms.Form):
    """Why data about people may be public; asked only where something was found."""

    reason = forms.CharField(
        label=gettext_lazy("Why may this be public"), max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Your reason is recorded with your name."),
    )  # fmt: skip


def current_versions(dataset: Dataset) -> list[Version]:
    """The tables that would be public."""
    found = Version.objects.filter(resource__dataset=dataset, current=True)
    return list(found.select_related("resource").order_by("resource__position", "pk"))


def hindrances(dataset: Dataset, versions: list[Version]) -> list[str]:
    """What must be done before it can be public."""
    found = []
    if not versions and not dataset.resources.exclude(url="").exists():
        found.append(_("The dataset has no table yet. Upload a file and take it over."))
    if not dataset.about.strip():
        found.append(_("The description is missing."))
    if not dataset.themes:
        found.append(_("Choose a theme."))
    if not dataset.contact_email:
        found.append(_("Name the e-mail address of a contact."))
    licence = LICENCES.get(dataset.licence)
    if licence and licence.credit and not dataset.credit:
        found.append(_("This licence asks for the source. Please name it."))
    return found


def advice(dataset: Dataset) -> list[str]:
    """What would make the dataset better."""
    found = []
    if len(dataset.about) < SHORT:
        found.append(_("The description is short. Say what the rows are and where they come from."))
    if len(dataset.keywords) < 3:
        found.append(_("Three or more keywords help people to find it."))
    if dataset.rhythm == "UNKNOWN":
        found.append(_("Say how often it is renewed."))
    if not dataset.period_start:
        found.append(_("Say from when the data are."))
    if not dataset.title_en:
        found.append(_("An English title opens it to readers elsewhere."))
    return found


@staff("datasets.see")
@require_safe
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that a person should know before deciding."""
    return _checked(request, own_dataset(slug), ReasonForm())


def _checked(
    request: HttpRequest, dataset: Dataset, form: ReasonForm, status: int = 200
) -> HttpResponse:
    versions = current_versions(dataset)
    problems = record_check.problems(dataset, shapes=False)
    conforms = not any(one.must for one in problems)
    found = [(one, uploads.findings_of(one)) for one in versions]
    return page(
        request, "check", dataset=dataset, form=form, versions=versions,
        hindrances=hindrances(dataset, versions), advice=advice(dataset), problems=problems,
        score=scores.score(dataset, conforms=conforms), most=scores.MOST,
        people=[(version, findings, version.report.get("confirmed")) for version, findings in found
                if findings],
        open=any(uploads.needs_confirmation(one) for one in versions),
        oddities=[(one, n) for one in versions if (n := _weighty(one))],
        waiting=dataset.uploads.exclude(state=Upload.TAKEN).exists(),
        steps=steps("check", dataset), status=status,
    )  # fmt: skip


def _weighty(version: Version) -> list[Any]:
    plan = version.report.get("notices", [])
    return [one for one in uploads.notices_of(version) if one.weight == "check"] if plan else []


@staff("datasets.publish")
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Make it public, once a person has said why data about people may be."""
    dataset = own_dataset(slug)
    versions = current_versions(dataset)
    if hindrances(dataset, versions):
        return _checked(request, dataset, ReasonForm(), status=422)
    unsaid = [one for one in versions if uploads.needs_confirmation(one)]
    form = ReasonForm(request.POST)
    if unsaid and not form.is_valid():
        return _checked(request, dataset, form, status=422)
    with transaction.atomic():
        for version in unsaid:
            by, reason = f"account:{person(request).pk}", form.cleaned_data["reason"]
            uploads.confirm(version, by=by, reason=reason, at=clock.now().isoformat())
            record(person(request), "datasets.confirm_people", version, reason=reason)
        release(dataset)
        record(person(request), "datasets.publish", dataset)
    messages.success(request, _("The dataset is public now."))
    return redirect("open_data-staff:dataset", slug)


def release(dataset: Dataset) -> None:
    """From now on everybody may see it."""
    now = clock.now()
    facts: dict[str, Any] = {"state": Dataset.PUBLISHED, "modified": now}
    if dataset.state == Dataset.DRAFT:
        facts["issued"] = now
    Dataset.objects.filter(pk=dataset.pk).update(**facts)


@staff("datasets.publish")
@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Nobody sees it any more; its tables stay, so that it can come back."""
    dataset = own_dataset(slug)
    with transaction.atomic():
        Dataset.objects.filter(pk=dataset.pk, state=Dataset.PUBLISHED).update(
            state=Dataset.WITHDRAWN, modified=clock.now()
        )
        record(person(request), "datasets.withdraw", dataset,
               reason=request.POST.get("reason", "")[:500])  # fmt: skip
    messages.success(request, _("The dataset is withdrawn. It can be published again."))
    return redirect("open_data-staff:dataset", slug)


@staff("datasets.edit")
@require_POST
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete a draft with its tables and files; what was public once is withdrawn, not deleted."""
    dataset = own_dataset(slug)
    if dataset.state != Dataset.DRAFT:
        messages.error(request, _("Only drafts can be deleted. Withdraw the dataset instead."))
        return redirect("open_data-staff:dataset", slug)
    with transaction.atomic():
        record(person(request), "datasets.delete", dataset, title=dataset.title)
        dataset.delete()
        uploads.forget_files()
    messages.success(request, _("The draft is deleted."))
    return redirect("open_data-staff:datasets")
