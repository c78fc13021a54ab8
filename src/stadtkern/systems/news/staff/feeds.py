"""The feeds of others that are read: which, how they do, and reading one now."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.kernel.people.access import staff
from stadtkern.systems.news.models import Source
from stadtkern.systems.news.staff.answer import page, person

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Source]
else:
    ModelForm = forms.ModelForm


class SourceForm(ModelForm):
    """Where it is and what is taken over."""

    class Meta:
        model = Source
        fields = ("name", "url", "credit", "theme", "days", "trusted", "active")


@staff("news.edit")
@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """All of them."""
    return page(request, "feeds", sources=Source.objects.annotate(count=Count("articles")))


@staff("news.publish")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """One of them."""
    one = get_object_or_404(Source, pk=number) if number is not None else None
    form = SourceForm(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = form.save(commit=False)
            if "url" in form.changed_data:
                made.etag = made.last_modified = ""
            made.save()
            record(person(request), "news.source", made, name=made.name, url=made.url)
        messages.success(request, _("Saved."))
        return redirect("news-staff:feeds")
    return page(request, "feed", form=form, one=one, status=422 if form.errors else 200)


@staff("news.edit")
@require_POST
def read(request: HttpRequest, number: int) -> HttpResponse:
    """Have it read in the background."""
    one = get_object_or_404(Source, pk=number)
    perform.defer(call="stadtkern.systems.news.importing.read", number=one.pk)
    messages.success(request, _("It is being read. The result stands here in a moment."))
    return redirect("news-staff:feeds")
