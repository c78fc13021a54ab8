"""All meetings, and writing one."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.kernel.places.models import Place
from stadtkern.systems.esports import meetings as making
from stadtkern.systems.esports.finding import shown
from stadtkern.systems.esports.models import Meeting, Tournament
from stadtkern.systems.esports.staff.answer import page, person

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Meeting]
else:
    ModelForm = forms.ModelForm

MOMENT = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
PER_PAGE = 30


class MeetingForm(ModelForm):
    """What staff write."""

    class Meta:
        model = Meeting
        fields = ("kind", "title", "title_en", "slug", "text", "text_en", "place", "begins",
                  "ends", "game", "rating", "seats", "follows")  # fmt: skip
        widgets = {"begins": MOMENT, "ends": MOMENT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centres = Place.objects.of_kind("esports.centre")
        self.fields["place"].queryset = centres  # type: ignore[attr-defined]
        self.fields["follows"].queryset = Tournament.objects.select_related("meeting")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        begins, ends = said.get("begins"), said.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", _("The end lies before the beginning."))
        return said


@staff("esports.run")
@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """The list, what is ahead first."""
    rows = Meeting.objects.select_related("place").order_by("-begins")
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "meetings", listed=listed, rows=shown(listed))


@staff("esports.run")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """A new meeting, or one that there is."""
    one = get_object_or_404(Meeting, pk=number) if number is not None else Meeting()
    form = MeetingForm(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        try:
            made = making.save(person(request), form.save(commit=False))
        except making.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("esports-staff:meeting", made.pk)
    return page(request, "edit", form=form, one=one, status=422 if form.errors else 200)
