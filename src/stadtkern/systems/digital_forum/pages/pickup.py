"""Fetch a document with the code from a screen of the forum: on one's own phone, once."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.cases import documents
from stadtkern.kernel.formguard import GuardedForm
from stadtkern.kernel.people.access import public
from stadtkern.systems.digital_forum.logic import screens
from stadtkern.systems.digital_forum.pages.answer import gone, private


class Enter(GuardedForm):
    """The code that the screen shows."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=12,
        help_text=gettext_lazy("Eight letters and digits from the screen in the forum."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false",
                                "autocapitalize": "characters"}),
    )  # fmt: skip


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Type the code."""
    form = Enter(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = "".join(one for one in form.cleaned_data["code"].upper() if one.isalnum())
        if screens.waiting(code) is not None:
            return redirect("digital_forum:fetch-code", code)
        form.add_error("code", _("This code is wrong, was used, or is older than ten minutes. "
                                 "Have the screen show a new one."))  # fmt: skip
    return private(request, "fetch", form=form, status=422 if form.errors else 200)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fetch(request: HttpRequest, code: str) -> HttpResponse:
    """A look does not use the code up, as a preview of the link would; the button does."""
    if request.method == "POST":
        found = screens.fetch(code)
        return documents.handed_out(found) if found else _late(request)
    pickup = screens.waiting(code)
    if pickup is None:
        return _late(request)
    return private(request, "fetch_code", pickup=pickup, code=code)


def _late(request: HttpRequest) -> HttpResponse:
    return gone(request, _("This code was used, or is older than ten minutes."))
