"""Write an event: texts in both languages, times, series, place, picture."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.pictures import MOST_BYTES, Refused, draw
from stadtkern.kernel.places.models import Area, Place
from stadtkern.systems.events import changes, series
from stadtkern.systems.events.models import Event
from stadtkern.systems.events.pages.submitting import moment
from stadtkern.systems.events.staff.answer import page, person

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Event]
else:
    ModelForm = forms.ModelForm

REPEATS = (
    ("", gettext_lazy("does not repeat")),
    ("FREQ=DAILY", gettext_lazy("every day")),
    ("FREQ=WEEKLY", gettext_lazy("every week")),
    ("FREQ=WEEKLY;INTERVAL=2", gettext_lazy("every second week")),
    ("FREQ=MONTHLY", gettext_lazy("every month on the same day")),
    ("weekday", gettext_lazy("every month on the same weekday")),
    ("FREQ=YEARLY", gettext_lazy("every year")),
    ("own", gettext_lazy("by a rule of its own")),
)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class EventForm(ModelForm):
    """What staff write."""

    begins = moment(gettext_lazy("Begins"))
    ends = moment(gettext_lazy("Ends"))
    repeats = forms.ChoiceField(label=gettext_lazy("Repetition"), choices=REPEATS, required=False)
    repeats_until = forms.DateField(
        label=gettext_lazy("Repeats until"), required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("Picture"), required=False,
        help_text=gettext_lazy("JPEG, PNG or WebP. Say below what it shows."),
    )  # fmt: skip
    without_picture = forms.BooleanField(label=gettext_lazy("Take the picture out"), required=False)

    class Meta:
        model = Event
        fields = (
            "title", "text", "title_en", "text_en", "category", "begins", "ends", "all_day",
            "repeats", "repeats_until", "rule", "place", "where", "area", "organiser", "free",
            "price", "audience", "accessible", "access", "registration", "url", "file", "alt",
            "picture_credit", "without_picture",
        )  # fmt: skip
        widgets = {
            "text": forms.Textarea({"rows": 8}), "text_en": forms.Textarea({"rows": 8}),
            "accessible": forms.Select(choices=[("", gettext_lazy("not known")),
                ("true", gettext_lazy("yes")), ("false", gettext_lazy("no"))]),
        }  # fmt: skip
        labels = {"rule": gettext_lazy("Rule of its own")}
        help_texts = {
            "rule": gettext_lazy("As calendars write it, such as FREQ=MONTHLY;BYDAY=-1SU."),
            "where": gettext_lazy("In words, where the place is not in the list or needs more."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        venues = Place.objects.of_kind("events.venue").only("name", "name_en")
        self.fields["place"].queryset = venues  # type: ignore[attr-defined]
        areas = Area.objects.filter(kind="district").only("name")
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        if self.instance.rule:
            self.initial["repeats"] = "own"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        begins, ends = said.get("begins"), said.get("ends")
        if begins and ends and ends < begins:
            self.add_error("ends", _("The end lies before the beginning."))
        if begins and ends:
            self._series(said)
        if said.get("file"):
            self._picture(said)
        elif said.get("without_picture"):
            self.instance.large = self.instance.small = None
        if self.instance.large is None:
            said["alt"] = said["picture_credit"] = ""
        elif not said.get("alt"):
            self.add_error("alt", _("Please say in words what the picture shows."))
        return said

    def _series(self, said: dict[str, Any]) -> None:
        kind, rule = said.get("repeats") or "", said.get("rule") or ""
        if kind != "own":
            rule = kind
        if kind == "weekday":
            local = timezone.localtime(said["begins"])
            rule = f"FREQ=MONTHLY;BYDAY={(local.day - 1) // 7 + 1}{DAYS[local.weekday()]}"
        if rule and said.get("repeats_until"):
            parts = [p for p in rule.split(";") if not p.startswith(("UNTIL=", "COUNT="))]
            rule = ";".join([*parts, f"UNTIL={said['repeats_until']:%Y%m%d}"])
        try:
            said["rule"] = series.check(rule)
        except series.Unreadable as problem:
            self.add_error("rule", str(problem))

    def _picture(self, said: dict[str, Any]) -> None:
        try:
            # One byte more than is allowed tells that there is more.
            drawn = draw(said["file"].read(MOST_BYTES + 1))
        except Refused as refused:
            self.add_error("file", str(refused))
        else:
            self.instance.large, self.instance.small = drawn.large, drawn.small


@staff("events.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """A new event, or one that there is; what was typed stays where it cannot be saved."""
    one = get_object_or_404(Event, pk=number) if number is not None else Event()
    if one.state == "public" and not person(request).may("events.publish"):
        messages.error(request, _("It is public. Your roles allow you to change drafts only."))
        return redirect("events-staff:event", one.pk)
    form = EventForm(request.POST or None, request.FILES or None, instance=one)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.rule = form.cleaned_data["rule"]
        if made.pk and made.origins.exists():
            made.edited = clock.now()
        changes.save(person(request), made)
        messages.success(request, _("Saved."))
        if "preview" in request.POST:
            return redirect("events:preview", made.token)
        return redirect("events-staff:event", made.pk)
    return page(request, "edit", form=form, one=one, status=422 if form.errors else 200)
