"""Answers into an application: from the finder, or from another application after consent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.forms import definition as forms
from stadtkern.kernel.cases.forms import publish, run
from stadtkern.kernel.cases.journey.carry import NotCarried, carried, carry
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import Account
from stadtkern.systems.social_benefits.logic import hidden
from stadtkern.systems.social_benefits.logic.applications import FORMS
from stadtkern.systems.social_benefits.logic.benefits import Benefit, book
from stadtkern.systems.social_benefits.logic.carrying import fitting
from stadtkern.systems.social_benefits.pages.answer import language, private

LATEST = 50
# In the session, sealed, while somebody signs in.
KEPT = "social_benefits.kept"
LONGEST = 20_000


@public
@never_cache
@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """From the finder's result to the application of a benefit, with what is known already."""
    one = book().benefit(request.POST.get("benefit", ""))
    if one is None or not one.form:
        raise Http404
    try:
        answers = hidden.reveal(request.POST.get("state", ""))
    except hidden.TooOld:
        return redirect("social_benefits:finder")
    return _over(request, one, answers)


def _over(
    request: HttpRequest, one: Benefit, answers: Mapping[str, Any], case: Case | None = None
) -> HttpResponse:  # fmt: skip
    """The answers that come along, in words, and the button that begins with them."""
    version = publish.published(one.form)
    if version is None:
        raise Http404
    definition = forms.read(version.definition)
    kind = {"benefit_kind": one.choice} if one.choice else {}
    taken = fitting({**answers, **kind}, definition)
    return private(
        request, "hand_over", one=one, form=version.form, case=case, token=carry(taken, one.form),
        parts=run.summary(definition, taken, language=language()),
    )  # fmt: skip


@public
@never_cache
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the answers while somebody signs in: only because they asked for it, for an hour."""
    slug, token = request.POST.get("benefit", ""), request.POST.get("from", "")
    if book().benefit(slug) is None or len(token) > LONGEST:
        raise Http404
    request.session[KEPT] = token
    after = reverse("social_benefits:kept", args=[slug])
    return redirect(f"{reverse('login')}?next={after}")


@public
@never_cache
@require_safe
def kept(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Signed in now: the answers come out of the session, and nothing stays in it."""
    one = book().benefit(slug)
    if one is None or not one.form:
        raise Http404
    try:
        found = carried(request.session.pop(KEPT, ""))
    except NotCarried:
        return redirect("social_benefits:finder")
    return _over(request, one, found.answers)


@public
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponseBase:
    """One's own applications for benefits, each with the way into another one."""
    if not isinstance(request.user, Account):
        return redirect_to_login(request.get_full_path())
    rows = Case.objects.of(request.user).filter(version__form__slug__in=FORMS, erased=None)
    listed = rows.select_related("version__form").order_by("-changed")[:LATEST]
    return private(request, "mine", cases=listed)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def other(request: HttpRequest, case: UUID) -> HttpResponseBase:
    """Use the answers of an application for another benefit: only one's own, only after consent."""
    if not isinstance(request.user, Account):
        return redirect_to_login(request.get_full_path())
    rows = Case.objects.of(request.user).filter(version__form__slug__in=FORMS, erased=None)
    found = rows.select_related("version__form").filter(public_id=case).first()
    if found is None:
        raise Http404
    choices = [one for one in book().benefits if one.form and one.form != found.version.form.slug]
    if request.method == "POST":
        chosen = next((one for one in choices if one.slug == request.POST.get("benefit")), None)
        if chosen and "agreed" in request.POST:
            record(request.user, "social_benefits.carry", found, to=chosen.slug)
            return _over(request, chosen, found.answers, found)
        missing = {"benefit": chosen is None, "agreed": "agreed" not in request.POST}
        return private(request, "other", case=found, choices=choices, missing=missing,
                       chosen=chosen, status=422)  # fmt: skip
    return private(request, "other", case=found, choices=choices, missing={})
