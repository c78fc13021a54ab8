"""Organisers tell the city of an event: no account, an e-mail to confirm, then staff look at it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.formguard import GuardedForm, mark_of, sender_of
from stadtkern.kernel.people.access import public
from stadtkern.kernel.places.models import Area
from stadtkern.systems.events import changes, mail
from stadtkern.systems.events.kinds import CATEGORIES

MOMENT = "%Y-%m-%dT%H:%M"


def moment(label: Any, *, required: bool = True) -> forms.DateTimeField:
    """Without seconds, in the city's zone, as the browser's own field says it."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(
        label=label, widget=widget, input_formats=[MOMENT, "%Y-%m-%d %H:%M"], required=required
    )


class SubmitForm(GuardedForm):
    """What a reader needs to know, and whom we may ask back."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=140)
    text = forms.CharField(
        label=gettext_lazy("What happens there?"), max_length=4000,
        widget=forms.Textarea({"rows": 6}),
    )  # fmt: skip
    category = forms.ChoiceField(label=gettext_lazy("Interest"), choices=list(CATEGORIES.items()))
    begins = moment(gettext_lazy("Begins"))
    ends = moment(gettext_lazy("Ends"))
    where = forms.CharField(
        label=gettext_lazy("Where"), max_length=200,
        help_text=gettext_lazy("Name and address of the place."),
    )  # fmt: skip
    area = forms.ModelChoiceField(Area.objects.none(), label=gettext_lazy("District"),
                                  required=False)  # fmt: skip
    free = forms.BooleanField(label=gettext_lazy("Free of charge"), required=False)
    price = forms.CharField(label=gettext_lazy("Price"), max_length=120, required=False)
    accessible = forms.NullBooleanField(
        label=gettext_lazy("Can everybody get in without steps?"), required=False,
        widget=forms.Select(choices=[("", gettext_lazy("not known")), ("true", gettext_lazy("yes")),
                                     ("false", gettext_lazy("no"))]),
    )  # fmt: skip
    registration = forms.URLField(
        label=gettext_lazy("Address for sign-up"), required=False, max_length=500,
        assume_scheme="https",
    )  # fmt: skip
    organiser = forms.CharField(label=gettext_lazy("Organiser"), max_length=140)
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=140, required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=gettext_lazy(
            "For the link that confirms the event and for our questions. It is not published, "
            "and we delete it half a year after the event."
        ),
    )  # fmt: skip

    def __init__(self, request: HttpRequest) -> None:
        self.mark = mark_of(sender_of(request), "events.submit")
        super().__init__(request.POST if request.method == "POST" else None)
        self.fields["area"].queryset = Area.objects.filter(kind="district").only("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        begins, ends = said.get("begins"), said.get("ends")
        if begins and ends and ends < begins:
            self.add_error("ends", _("The end lies before the beginning."))
        if changes.too_many(self.mark):
            raise ValidationError(
                _("From your connection came many events. Please try again in an hour.")
            )
        return said


@public
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest) -> HttpResponse:
    """Tell the city of an event."""
    form = SubmitForm(request)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = changes.submit(form.cleaned_data, form.mark)
            record("public", "events.submitted", made)
            mail.ask(made)
        return redirect("events:sent")
    return render(request, "events/submit.html", {"form": form}, status=422 if form.errors else 200)


@public
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens next."""
    return render(request, "events/sent.html")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the e-mail: a page with a button, since programs open links by themselves."""
    found = mail.event_of(token)
    if request.method == "POST" and found is not None:
        changes.confirm(found)
        found.refresh_from_db(fields=["state"])
    answer = render(request, "events/confirm.html", {"one": found}, status=200 if found else 404)
    answer["Cache-Control"] = "private, no-store"
    return answer
