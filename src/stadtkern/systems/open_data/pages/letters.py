"""Letters to the city about its data: sending them, and what became of them."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.people.access import public
from stadtkern.systems.open_data import logic
from stadtkern.systems.open_data.forms import LetterForm, ReportForm
from stadtkern.systems.open_data.models import Letter, Use


@public
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Report an error in a dataset; `?part=` names the table."""
    one = get_object_or_404(Dataset.objects.published(), slug=slug)
    named = request.GET.get("part", "")
    part = next((each for each in one.resources.all() if each.slug == named), None)
    form = ReportForm(request)
    if request.method == "POST" and form.is_valid():
        return sent(request, form, dataset=one, resource=part)
    return shown(request, form, "open_data/report.html", dataset=one, resource=part)


@public
@require_safe
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a letter; only who has the address finds it."""
    one = get_object_or_404(Letter.objects.select_related("dataset"), token=token)
    response = render(request, "open_data/letter.html", {
        "letter": one, "kind": logic.KINDS[one.kind],
        "word": logic.WORDS[one.kind].get(one.state, one.state), "sign": logic.SIGNS[one.state],
        "address": request.build_absolute_uri(request.path),
    })  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def shown(request: HttpRequest, form: LetterForm, page: str, **said: Any) -> HttpResponse:
    """The form, with what is wrong in it."""
    return render(request, page, {"form": form, **said}, status=422 if form.errors else 200)


def sent(request: HttpRequest, form: LetterForm, **facts: Any) -> HttpResponse:
    """Store a letter and lead to the page that will tell its state."""
    with transaction.atomic():
        one = form.letter()
        for name, value in facts.items():
            setattr(one, name, value)
        one.save()
        used = form.cleaned_data.get("used", ())
        Use.objects.bulk_create([Use(letter=one, dataset=each) for each in used])
        record("public", "letters.sent", one, kind=one.kind)
    messages.success(request, _("Thank you, your message has arrived."))
    return redirect(one)
