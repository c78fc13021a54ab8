"""One service for staff: change it, see it as people will, say that it is right."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry, record
from stadtkern.kernel.cases.catalogue import flat, missing
from stadtkern.kernel.cases.catalogue.naming import slug_of
from stadtkern.kernel.cases.catalogue.situations import SITUATIONS
from stadtkern.kernel.cases.catalogue.texts import MODULES, told
from stadtkern.kernel.cases.models import Helpful, Service
from stadtkern.kernel.identity.trust import TITLES
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.answer import page, person
from stadtkern.systems.service_portal.staff.services import SERVICES, everywhere, may_edit

PAST: Final = 20
VERBS: Final = {
    "services.change": gettext_lazy("changed"), "services.create": gettext_lazy("created"),
    "services.import": gettext_lazy("taken from a source"),
    "services.gone": gettext_lazy("no longer told by its source"),
    "services.checked": gettext_lazy("checked"), "services.office": gettext_lazy("other office"),
    "services.open": gettext_lazy("way online opened"),
    "services.close": gettext_lazy("way online closed"),
}  # fmt: skip
LABELS: Final = {
    "title": gettext_lazy("Title"), "title_en": gettext_lazy("Title in English"),
    "summary": gettext_lazy("In short"), "summary_en": gettext_lazy("In short, in English"),
    "words": gettext_lazy("Everyday words"), "leika": gettext_lazy("Official key (LeiKa)"),
    "appointment": gettext_lazy("Concern of the appointments"),
}  # fmt: skip
HINTS: Final = {
    "words": gettext_lazy("What people type when they look for it, separated by commas."),
    "leika": gettext_lazy("14 digits that begin with 99. Leave it empty if you do not know it."),
    "appointment": gettext_lazy("Its address part, such as “personalausweis”."),
}  # fmt: skip


class ServiceForm(forms.Form):
    """All that a service says, by the keys of `flat.KEYS`."""

    department = forms.ChoiceField(label=gettext_lazy("Responsible office"), required=False)
    situations = forms.MultipleChoiceField(
        label=gettext_lazy("Life situations"), required=False,
        choices=[(one.slug, one.title) for one in SITUATIONS],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    citizens = forms.BooleanField(label=gettext_lazy("For people"), required=False)
    companies = forms.BooleanField(label=gettext_lazy("For companies"), required=False)
    level = forms.ChoiceField(
        label=gettext_lazy("Level of trust that applying needs"),
        choices=[(str(int(level)), title) for level, title in TITLES.items()],
    )  # fmt: skip
    active = forms.BooleanField(label=gettext_lazy("Shown to people"), required=False)
    field_order = [*flat.PLAIN, "department", "situations", "citizens", "companies", "level"]

    def __init__(self, data: Any = None, *, service: Service) -> None:
        row: dict[str, Any] = flat.flat(service)
        row["situations"] = service.situations
        row |= {"citizens": service.for_citizens, "companies": service.for_companies,
                "active": service.active}  # fmt: skip
        super().__init__(data, initial=row)
        self.service, self.offices = service, flat.offices()
        offices = [(slug, one.title) for slug, one in self.offices.items()]
        self.fields["department"].choices = [("", "–"), *offices]  # type: ignore[attr-defined]
        for name, label in LABELS.items():
            self.fields[name] = _line(name, label)
        for key in flat.TEXTS:
            language, _dot, name = key.partition(".")
            self.fields[key] = forms.CharField(
                label=f"{MODULES[name]} ({language})", required=False, max_length=10_000,
                widget=forms.Textarea({"rows": 3, "lang": language}),
            )  # fmt: skip
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Sets the values on the service; what it cannot have is said at its field."""
        said = super().clean() or {}
        for key, value in _as_text(said).items():
            try:
                flat.put(self.service, {key: value}, self.offices)
            except flat.Wrong as fault:
                self.add_error(key, str(fault))
        self.service.active = bool(said.get("active"))
        leika = said.get("leika")
        if leika and Service.objects.filter(leika=leika).exclude(pk=self.service.pk).exists():
            self.add_error("leika", _("Another service has this key already."))
        return said


def _line(name: str, label: Any) -> forms.CharField:
    long = name in ("summary", "summary_en", "words")
    return forms.CharField(
        label=label, help_text=HINTS.get(name, ""), required=name == "title",
        max_length=flat.LONGEST.get(name, 4000),
        widget=forms.Textarea({"rows": 2}) if long else forms.TextInput(),
    )  # fmt: skip


def _as_text(said: dict[str, Any]) -> dict[str, str]:
    """The values of the form as `flat` has them."""
    found = {}
    for key in flat.KEYS:
        if key in said:
            value = said[key]
            if key == "situations":
                value = ",".join(value)
            elif isinstance(value, bool):
                value = flat.YES if value else flat.NO
            found[key] = str(value).replace("\r\n", "\n")
    return found


@staff(SERVICES)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """One service, new or known; `do=preview` shows it and saves nothing."""
    one = _one(request, number)
    before = flat.flat(one)
    shown = one.active
    form = ServiceForm(request.POST or None, service=one)
    posted = request.method == "POST" and form.is_valid()
    if posted and request.POST.get("do") != "preview":
        if not may_edit(person(request), one):
            form.add_error("department", _("You may not give it to this office."))
        else:
            return _save(request, one, before, shown=shown)
    preview = told(one, "de") if posted else None
    return page(
        request, "service", form=form, service=one, preview=preview, past=_past(one),
        helpful=_helpful(one), lacks=[missing.TITLES[key] for key in missing.of(one)],
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(SERVICES)
@require_POST
def checked(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody of the office says that all of this is right today."""
    one = _one(request, number)
    with transaction.atomic():
        one.checked = timezone.localdate(clock.now())
        one.save(update_fields=["checked"])
        record(person(request), "services.checked", one)
    messages.success(request, _("Noted as checked today."))
    return redirect("service_portal-staff:service", one.pk)


def _one(request: HttpRequest, number: int | None) -> Service:
    """A service that this person may change. Raises PermissionDenied."""
    if number is None:
        if not everywhere(person(request)) and not person(request).departments_for(SERVICES):
            raise PermissionDenied
        return Service()
    one = get_object_or_404(Service.objects.select_related("department"), pk=number)
    if not may_edit(person(request), one):
        raise PermissionDenied
    return one


def _save(
    request: HttpRequest, one: Service, before: dict[str, str], *, shown: bool
) -> HttpResponse:  # fmt: skip
    after = flat.flat(one)
    fields = sorted(key for key in flat.KEYS if after[key] != before[key])
    fields += ["active"] * (shown != one.active)
    with transaction.atomic():
        verb = "services.change" if one.pk else "services.create"
        one.slug = one.slug or slug_of(one.title, _taken())
        one.changed = clock.now()
        one.save()
        record(person(request), verb, one, fields=fields)
    messages.success(request, _("Saved."))
    return redirect("service_portal-staff:service", one.pk)


def _taken() -> set[str]:
    return set(Service.objects.values_list("slug", flat=True))


def _past(one: Service) -> list[tuple[Entry, Any]]:
    rows = Entry.objects.filter(target=f"cases.service:{one.pk}")[:PAST] if one.pk else ()
    return [(row, VERBS.get(row.verb, row.verb)) for row in rows]


def _helpful(one: Service) -> list[tuple[Any, int]]:
    """What people said of its page in the last year, by answer."""
    found: dict[str, int] = dict.fromkeys(Helpful.ANSWERS, 0)
    since = timezone.localdate(clock.now()) - missing.CHECK_EVERY
    rows = Helpful.objects.filter(service=one, month__gte=since) if one.pk else ()
    for row in rows:
        found[row.answer] += row.count
    return [(title, found[key]) for key, title in Helpful.ANSWERS.items() if found[key]]
