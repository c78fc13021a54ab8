"""Sign up for a meeting: nickname, year of birth, mail; a guardian's mail below 16."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.formguard import GuardedForm
from stadtkern.kernel.people.access import public
from stadtkern.systems.esports import mail, signing_up
from stadtkern.systems.esports.finding import one
from stadtkern.systems.esports.models import Meeting
from stadtkern.systems.esports.signing_up import Entry, Refused

NICKNAME = r"^[\w][\w .\-]{1,23}$"


class SignUpForm(GuardedForm):
    """As little as is needed."""

    nickname = forms.RegexField(
        NICKNAME, label=gettext_lazy("Nickname"),
        help_text=gettext_lazy("Everybody sees it. Please do not take your real name."),
        error_messages={"invalid": gettext_lazy("Two to 24 letters and digits, please.")},
    )  # fmt: skip
    birth_year = forms.IntegerField(
        label=gettext_lazy("Year of birth"), min_value=1900, max_value=2100,
        help_text=gettext_lazy("For the age rating of the game."),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=gettext_lazy("For your confirmation and changes. Nobody else sees it."),
    )  # fmt: skip
    guardian_email = forms.EmailField(
        label=gettext_lazy("E-mail of a parent or guardian"), required=False,
        help_text=gettext_lazy("Only if you are younger than 16: they get a link to agree."),
    )  # fmt: skip
    team = forms.CharField(
        label=gettext_lazy("Team"), required=False, max_length=40,
        help_text=gettext_lazy("If you play together, all of you enter the same name."),
    )  # fmt: skip
    photo = forms.BooleanField(
        label=gettext_lazy("Photos of me may be shown"), required=False,
        help_text=gettext_lazy("You need not agree, and you can take it back at any time."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("photo") and said.get("guardian_email"):
            # Below 16 that too is for the guardian to say: on the page behind the link.
            said["photo"] = False
        return said


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    """A seat or the waiting list; what was typed stays where it does not work."""
    rows = Meeting.objects.public().select_related("place", "resource")
    meeting = get_object_or_404(rows, slug=slug)
    told = one(meeting)
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (made := _try(meeting, form)):
        name = "esports:mine" if made.booking_id else "esports:waits"
        return redirect(name, mail.own_token(made))
    return render(request, "esports/sign_up.html", {"form": form, "told": told, "one": meeting},
                  status=422 if form.errors else 200)  # fmt: skip


def _try(meeting: Meeting, form: SignUpForm) -> Any:
    said = form.cleaned_data
    entry = Entry(
        nickname=said["nickname"], email=said["email"], birth_year=said["birth_year"],
        guardian_email=said["guardian_email"], photo=said["photo"], team=said["team"],
        language=(get_language() or "de")[:2],
    )  # fmt: skip
    try:
        return signing_up.sign_up(meeting, entry)
    except Refused as refused:
        form.add_error(refused.field, ValidationError(str(refused)))
        return None
