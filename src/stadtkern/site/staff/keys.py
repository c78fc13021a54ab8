"""Keys of programs that read or write the city's data: made, shown once, revoked."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import ApiKey, issue_key
from stadtkern.kernel.things.models import Project
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.page import page

if TYPE_CHECKING:
    Choices = forms.ModelMultipleChoiceField[Project]
else:
    Choices = forms.ModelMultipleChoiceField

SCOPES = {
    "things:read": _("Read everything, also what is private"),
    "things:write": _("Write things, datastreams and observations (SensorThings)"),
    "appointments:book": _("Book appointments for people (api/appointments)"),
}
STATES = {"usable": _("valid"), "expired": _("expired"), "revoked": _("revoked")}
COLUMNS = (
    Column(title=_("Label"), sort=("label",)),
    Column(title=_("Begins with")),
    Column(title=_("Scopes")),
    Column(title=_("Made"), sort=("created",)),
    Column(title=_("By"), sort=("owner__username",)),
    Column(title=_("Valid until"), sort=("expires",)),
    Column(title=_("State")),
)


class KeyFilters(Filters):
    """By label and state."""

    q = forms.CharField(label=_("Label"), widget=forms.TextInput({"type": "search"}))
    state = forms.ChoiceField(label=_("State"), choices=any_of(list(STATES.items())))

    def apply(self, rows: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        """The rows that pass."""
        if q := self.given("q"):
            rows = rows.filter(Q(label__icontains=q) | Q(hint__startswith=q[:6]))
        state, now = self.given("state"), clock.now()
        if state == "usable":
            rows = rows.filter(revoked=None).exclude(expires__lt=now)
        elif state == "expired":
            rows = rows.filter(revoked=None, expires__lt=now)
        elif state == "revoked":
            rows = rows.exclude(revoked=None)
        return rows


class ProjectChoices(Choices):
    """Projects to tick; two of one name are told apart by their short names."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            Project.objects.all(),
            label=label,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def label_from_instance(self, project: Project) -> str:
        return f"{project.name} ({project.slug})"


class KeyForm(forms.Form):
    """What a new key is for."""

    label = forms.CharField(
        label=_("Label"),
        max_length=120,
        help_text=_("Which program uses the key, and where it runs."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=list(SCOPES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reads = ProjectChoices(_("Projects it may read"))
    writes = ProjectChoices(_("Projects it may write in, and nowhere else"))
    expires = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=_("The last day. Leave it empty only where nobody can renew the key."),
        initial=lambda: timezone.localdate() + timedelta(days=365),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not self.wanted():
            self.add_error("scopes", _("Choose at least one."))
        return data

    def wanted(self) -> tuple[str, ...]:
        """The scopes of the key: the general ones, then those of projects."""
        data = self.cleaned_data
        reads = [f"things:read:{one.slug}" for one in data.get("reads", ())]
        writes = [f"things:write:{one.slug}" for one in data.get("writes", ())]
        return (*data.get("scopes", ()), *reads, *writes)

    def clean_expires(self) -> datetime | None:
        day = self.cleaned_data["expires"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise ValidationError(_("This day is over. Choose a later one."))
        return timezone.make_aware(datetime.combine(day, time.max)).astimezone(UTC)


@staff("people.edit")
def keys(request: HttpRequest) -> HttpResponse:
    """All keys; of each only its beginning is known."""
    filters = KeyFilters(request)
    rows = filters.apply(ApiKey.objects.select_related("owner"))
    found = listed(request, rows, COLUMNS, default="-created")
    shown = [(key, state_of(key)) for key in found.page]
    return page(request, "keys", listed=found, filters=filters, shown=shown, titles=STATES)


@staff("people.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new key, shown in this one answer and stored nowhere."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        who, data = person(request), form.cleaned_data
        with transaction.atomic():
            key, secret = issue_key(
                label=data["label"],
                scopes=form.wanted(),
                owner=who,
                expires=data["expires"],
            )
            record(who, "keys.create", key, label=key.label, scopes=key.scopes, hint=key.hint)
        return page(request, "key_made", key=key, secret=secret)
    return page(request, "key_new", form=form, status=422 if form.errors else 200)


@staff("people.edit")
@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """End a key at once and for good."""
    with transaction.atomic():
        key = ApiKey.objects.select_for_update().filter(pk=number).first()
        if key is None:
            raise Http404
        if key.revoked is None:
            key.revoked = clock.now()
            key.save(update_fields=["revoked"])
            record(person(request), "keys.revoke", key, label=key.label, hint=key.hint)
    messages.success(request, _("The key “%(label)s” no longer works.") % {"label": key.label})
    return redirect("staff-keys")


def state_of(key: ApiKey) -> Any:
    """One of STATES."""
    if key.revoked is not None:
        return "revoked"
    return "expired" if key.expires is not None and key.expires < clock.now() else "usable"
