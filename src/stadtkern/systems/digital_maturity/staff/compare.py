"""Two dates beside each other, of the whole city or of one office."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Department
from stadtkern.systems.digital_maturity import assessing, comparing, picture
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity.staff.answer import page

HALF_A_YEAR = timedelta(days=182)
MOST = 300


class Dates(forms.Form):
    """From when to when, and of whom."""

    first = forms.DateField(
        label=gettext_lazy("Evening of"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("and evening of"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    office = forms.ModelChoiceField(
        queryset=Department.objects.filter(services__isnull=False).distinct().order_by("title"),
        label=gettext_lazy("Office"), required=False, empty_label=gettext_lazy("all"),
    )  # fmt: skip

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        if data.get("first") and data.get("last") and data["first"] > data["last"]:
            self.add_error("last", _("The second day lies before the first."))
        return data


@staff("digital_maturity.see")
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """What has moved between two days; and all offices beside each other today."""
    model = assessing.current_model()
    if model is None:
        return page(request, "compare", model=None)
    definition = documents.read(model.definition)
    today = timezone.localdate(clock.now())
    form = Dates(request.GET or {"first": today - HALF_A_YEAR, "last": today})
    found = None
    if form.is_valid():
        said = form.cleaned_data
        office = said["office"].pk if said["office"] else None
        found = comparing.compare(model, definition, said["first"], said["last"], office)
    return page(
        request, "compare", model=model, definition=definition, form=form, found=found,
        moves=found.moves[:MOST] if found else (), more=len(found.moves) > MOST if found else False,
        pairs=list(zip(found.before.bars, found.after.bars, strict=False)) if found else [],
        offices=picture.by_office(picture.standings(model), definition),
        status=200 if form.is_valid() else 422,
    )  # fmt: skip
