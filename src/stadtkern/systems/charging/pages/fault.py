"""Report a fault of a charging point; nobody is asked for a name."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock, formguard
from stadtkern.kernel.people.access import public
from stadtkern.systems.charging.logic.reading import Station
from stadtkern.systems.charging.models import FAULTS, FaultReport
from stadtkern.systems.charging.pages.finding import station_or_404

# So many reports of one address in a day: more is not somebody who charges.
MOST = 10


class FaultForm(formguard.GuardedForm):
    """Which point, and what is wrong."""

    point = forms.ChoiceField(label=gettext_lazy("Which point?"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("What is wrong?"), choices=list(FAULTS.items()),
                             widget=forms.RadioSelect)  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("What did you see? (if you like)"), required=False, max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("Please write no names and no number plates."),
    )  # fmt: skip

    def __init__(self, data: Any, one: Station, mark: str, **more: Any) -> None:
        super().__init__(data, **more)
        self.mark = mark
        points = [(point.evse.uid, _("Point %(number)d") % {"number": point.evse.number})
                  for point in one.points]  # fmt: skip
        self.fields["point"].choices = [("", _("I do not know")), *points]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        since = clock.now() - timedelta(days=1)
        if FaultReport.objects.filter(mark=self.mark, at__gte=since).count() >= MOST:
            raise forms.ValidationError(
                _("Many reports came from here today. Please call the operator instead.")
            )
        return said


@public
@require_http_methods(["GET", "HEAD", "POST"])
def fault(request: HttpRequest, uid: str) -> HttpResponse:
    """The form; sent, staff see it."""
    one = station_or_404(uid)
    mark = formguard.mark_of(formguard.sender_of(request), "charging-fault")
    sent = request.POST if request.method == "POST" else None
    form = FaultForm(sent, one, mark, initial={"point": request.GET.get("point", "")})
    if sent is not None and form.is_valid():
        said = form.cleaned_data
        evse = next((p.evse for p in one.points if p.evse.uid == said["point"]), None)
        FaultReport.objects.create(location=one.location, evse=evse, kind=said["kind"],
                                   text=said["text"], mark=mark)  # fmt: skip
        messages.success(request, _("Thank you. Your report is with the operator."))
        return redirect("charging:place", uid)
    return render(request, "charging/fault.html", {"form": form, "one": one, "place": one.place},
                  status=422 if form.errors else 200)  # fmt: skip
