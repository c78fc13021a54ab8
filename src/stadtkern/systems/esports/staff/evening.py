"""Run an evening: lead the meeting, check people in, seat those who stand at the door."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.esports import finding, signing_up
from stadtkern.systems.esports import meetings as leading
from stadtkern.systems.esports.logic import ages
from stadtkern.systems.esports.models import Meeting, SignUp
from stadtkern.systems.esports.pages.sign_up import NICKNAME
from stadtkern.systems.esports.signing_up import Entry, Refused
from stadtkern.systems.esports.staff.answer import page, person


class DoorForm(forms.Form):
    """Somebody who stands at the door."""

    nickname = forms.RegexField(NICKNAME, label=gettext_lazy("Nickname"))
    birth_year = forms.IntegerField(label=gettext_lazy("Year of birth"), min_value=1900,
                                    max_value=2100)  # fmt: skip
    team = forms.CharField(label=gettext_lazy("Team"), required=False, max_length=40)
    agreed = forms.BooleanField(
        label=gettext_lazy("Below 16: I have seen the guardian's consent"), required=False
    )


def _found(number: int) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("place", "resource"), pk=number)


@staff("esports.run")
@require_safe
def meeting(request: HttpRequest, number: int) -> HttpResponse:
    """Everything for the evening on one page."""
    return _page(request, _found(number), DoorForm())


def _page(request: HttpRequest, one: Meeting, form: DoorForm, status: int = 200) -> HttpResponse:
    people = finding.people(one)
    return page(
        request, "meeting", one=one, told=finding.one(one), form=form, status=status,
        ways=[(key, word) for key, word in Meeting.STATES if key in leading.WAYS[one.state]],
        here=[each for each in people if (seat := each.seat) and seat.state == "arrived"],
        expected=[each for each in people
                  if (seat := each.seat) and seat.state in ("held", "booked")],
        waiting=[each for each in people if each.seat is None and each.wish
                 and each.wish.state in ("waiting", "offered")],
        tournaments=one.tournaments.all(),
    )  # fmt: skip


@staff("esports.run")
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Lead it on, or free the seats of those who are not here."""
    one, deed = _found(number), request.POST.get("do", "")
    try:
        if deed == "release":
            freed = signing_up.release_missing(one, f"account:{person(request).pk}")
            record(person(request), "esports.release", one, seats=freed)
            messages.success(request, ngettext("%(n)d seat is free.", "%(n)d seats are free.",
                                               freed) % {"n": freed})  # fmt: skip
        elif deed in dict(Meeting.STATES):
            leading.turn(person(request), number, deed)
            messages.success(request, _("Saved."))
        else:
            raise Http404
    except leading.Refused as refused:
        messages.error(request, str(refused))
    return redirect("esports-staff:meeting", number)


@staff("esports.run")
@require_POST
def person_act(request: HttpRequest, number: int, signup: int) -> HttpResponse:
    """Check somebody in, note a guardian's signature, or take somebody out."""
    rows = SignUp.objects.select_related("meeting", "booking", "wish__offer")
    found = get_object_or_404(rows, pk=signup, meeting=number)
    deed, who = request.POST.get("do", ""), person(request)
    try:
        if deed == "arrive":
            signing_up.arrive(found)
        elif deed == "consent":
            signing_up.consent(found)
        elif deed == "out":
            signing_up.give_up(found, by=f"account:{who.pk}")
        else:
            raise Http404
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        record(who, f"esports.{deed}", found.meeting, signup=found.pk)
    return redirect("esports-staff:meeting", number)


@staff("esports.run")
@require_POST
def door(request: HttpRequest, number: int) -> HttpResponse:
    """Seat somebody who stands at the door."""
    one, form = _found(number), DoorForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        minor = ages.needs_guardian(said["birth_year"], signing_up.day_of(one))
        try:
            if minor and not said["agreed"]:
                raise Refused(_("Please look at the guardian's consent first."), "agreed")
            entry = Entry(nickname=said["nickname"], email="", birth_year=said["birth_year"],
                          team=said["team"])  # fmt: skip
            made = signing_up.sign_up(one, entry, at_the_door=True)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            record(person(request), "esports.door", one, signup=made.pk)
            messages.success(request, _("%(name)s has a seat.") % {"name": made.nickname})
            return redirect("esports-staff:meeting", number)
    return _page(request, one, form, 422)
