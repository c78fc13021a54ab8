"""All services for staff: what is missing, how far each goes online, who is responsible."""

from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel.cases.catalogue import find, missing
from stadtkern.kernel.cases.models import Service, ServiceQuerySet
from stadtkern.kernel.cases.models.service import REACHES
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account, Department
from stadtkern.systems.service_portal.staff.answer import page, person

SERVICES: Final = "service_portal.services"
PER_PAGE: Final = 50
ALL: Final = ("", gettext_lazy("all"))


class Filters(forms.Form):
    """What the list can be narrowed to; what it does not understand, it leaves out."""

    q = forms.CharField(
        label=gettext_lazy("Words or official key"), required=False, max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    lacks = forms.ChoiceField(
        label=gettext_lazy("What is missing"), required=False,
        choices=[ALL, *missing.TITLES.items()],
    )  # fmt: skip
    reach = forms.ChoiceField(
        label=gettext_lazy("How far it goes online"), required=False,
        choices=[ALL, *REACHES.items()],
    )  # fmt: skip
    office = forms.ModelChoiceField(
        Department.objects.all(), label=gettext_lazy("Office"), required=False,
        to_field_name="slug", empty_label=gettext_lazy("all"),
    )  # fmt: skip
    shown = forms.ChoiceField(
        label=gettext_lazy("Shown to people"), required=False,
        choices=[ALL, ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
    )  # fmt: skip

    def narrow(self, rows: ServiceQuerySet) -> ServiceQuerySet:
        """The rows that all filters let through."""
        self.is_valid()
        said = self.cleaned_data
        if words := said.get("q"):
            rows = rows.filter(_named(words))
        if said.get("lacks"):
            rows = rows.filter(missing.condition(said["lacks"]))
        if said.get("reach"):
            rows = rows.reaching(said["reach"])
        if said.get("office"):
            rows = rows.filter(department=said["office"])
        if said.get("shown"):
            rows = rows.filter(active=said["shown"] == "yes")
        return rows


@staff(SERVICES)
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """The list with its filters; a fixed number of statements."""
    filters = Filters(request.GET)
    rows = filters.narrow(Service.objects.with_reach().select_related("department"))
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page", "1"))
    titles = missing.TITLES
    return page(
        request, "services", filters=filters, listed=listed, counts=_counts(),
        rows=[(one, [titles[key] for key in missing.of(one)]) for one in listed],
        narrowed=any(filters.cleaned_data.values()), offices=Department.objects.all(),
        everywhere=everywhere(person(request)), reaches=REACHES,
    )  # fmt: skip


def may_edit(who: Account, service: Service) -> bool:
    """Whether somebody may change this one; without an office only those who may everywhere."""
    if service.department_id is None:
        return everywhere(who)
    return who.may(SERVICES, service.department_id)


def everywhere(who: Account) -> bool:
    """Whether somebody may change the services of all offices."""
    return who.departments_for(SERVICES) is None


def _named(words: str) -> Q:
    """By words as people find them, by a part of the title, or by the official key."""
    found = [number for number, _score in find.ranked(words)[:200]]
    return Q(pk__in=found) | Q(title__icontains=words) | Q(leika__startswith=words)


def _counts() -> list[tuple[str, Any, int]]:
    """How many services lack what; one statement."""
    asked = {key: Count("pk", filter=missing.condition(key)) for key in missing.TITLES}
    found = Service.objects.order_by().aggregate(**asked)
    return [(key, title, found[key]) for key, title in missing.TITLES.items() if found[key]]
