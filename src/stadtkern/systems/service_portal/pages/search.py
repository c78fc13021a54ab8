"""Searching services, and narrowing what was found."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel.cases.catalogue import find
from stadtkern.kernel.cases.catalogue.index import plain
from stadtkern.kernel.cases.catalogue.situations import SITUATIONS
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import Department
from stadtkern.systems.service_portal.pages.answer import language, neighbour, page

PER_PAGE: Final = 20
MOST: Final = 100
ALL: Final = ("", gettext_lazy("all"))


class Filters(forms.Form):
    """What a list can be narrowed to; what it does not understand, it leaves out."""

    reach = forms.ChoiceField(
        label=gettext_lazy("How far it goes online"), required=False,
        choices=[
            ALL, ("online", gettext_lazy("online from beginning to end")),
            ("begin", gettext_lazy("can be begun online")),
            ("information", gettext_lazy("information only")),
        ],
    )  # fmt: skip
    whom = forms.ChoiceField(
        label=gettext_lazy("For whom"), required=False,
        choices=[
            ALL, ("citizens", gettext_lazy("people")), ("companies", gettext_lazy("companies")),
        ],
    )  # fmt: skip
    situation = forms.ChoiceField(
        label=gettext_lazy("Life situation"), required=False,
        choices=[ALL, *((one.slug, one.title) for one in SITUATIONS)],
    )  # fmt: skip
    office = forms.ModelChoiceField(
        Department.objects.none(), label=gettext_lazy("Office"), required=False,
        to_field_name="slug", empty_label=gettext_lazy("all"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office: Any = self.fields["office"]
        office.queryset = Department.objects.filter(services__active=True).distinct()

    def passing(self, rows: Sequence[Service]) -> list[Service]:
        """The services that all filters let through."""
        self.is_valid()
        said = self.cleaned_data
        return [one for one in rows if _passes(one, said)]

    @property
    def narrowed(self) -> bool:
        """Whether any of them is set."""
        self.is_valid()
        return any(self.cleaned_data.values())


def _passes(one: Service, said: dict[str, Any]) -> bool:
    reach, office = said.get("reach"), said.get("office")
    whom, situation = said.get("whom"), said.get("situation")
    own: str = one.reach  # type: ignore[attr-defined]
    return (
        (not reach or (own != "information" if reach == "begin" else own == reach))
        and (not whom or (one.for_citizens if whom == "citizens" else one.for_companies))
        and (not situation or situation in one.situations)
        and (not office or one.department_id == office.pk)
    )


@public
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What fits the words, best first; without words all that pass the filters."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    filters = Filters(request.GET)
    found = find.search(words, language=language(), most=MOST) if words else _all()
    passing = filters.passing(found)
    listed = Paginator(passing, PER_PAGE).get_page(request.GET.get("page", "1"))
    return page(
        request, "search", words=words, filters=filters, listed=listed, hidden=len(found),
        forum=neighbour("digital_forum", "home"), visit=neighbour("appointments", "home"),
    )  # fmt: skip


def _all() -> list[Service]:
    rows = Service.objects.filter(active=True).with_reach().select_related("department")
    return sorted(rows, key=lambda one: plain(one.name))
