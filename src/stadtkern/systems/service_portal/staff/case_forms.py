"""The forms of a case's page, one for each thing that a clerk can do with it."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel import clock
from stadtkern.kernel.cases.desk.breaks import KINDS
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.people.models import Account, Department, lines_of_departments
from stadtkern.systems.service_portal.staff.answer import SEE, WORK

DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
ANSWER_IN = timedelta(days=14)


class Deed(forms.Form):
    """One of them. `opened` says that its part of the page stands open."""

    def __init__(self, data: Any, files: Any, case: Case, clerk: Account, **more: Any) -> None:
        self.case, self.clerk = case, clerk
        # Their names repeat on the page, their ids must not.
        super().__init__(data, files, auto_id=f"{type(self).__name__.lower()}-%s", **more)

    @property
    def opened(self) -> bool:
        """Whether it was sent and has faults."""
        return self.is_bound and bool(self.errors)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


def clerks_of(department: int) -> QuerySet[Account]:
    """Who may work on cases of an office."""
    above = lines_of_departments().get(department, frozenset())
    here = Q(memberships__department=department)
    here |= Q(memberships__below=True, memberships__department__in=above)
    inside = here & Q(memberships__role__permissions__contains=[WORK])
    everywhere = Q(roles__permissions__contains=[WORK])
    people = Account.objects.filter(is_staff=True, is_active=True)
    return people.filter(inside | everywhere | Q(is_superuser=True)).distinct().order_by("username")


class Assign(Deed):
    """To a colleague of this office."""

    to = forms.ModelChoiceField(
        Account.objects.none(), label=gettext_lazy("Colleague"), to_field_name="username"
    )

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        self.fields["to"].queryset = clerks_of(self.case.department_id)  # type: ignore[attr-defined]


class Office(Deed):
    """To another office."""

    department = forms.ModelChoiceField(
        Department.objects.all(), label=gettext_lazy("Office"), to_field_name="slug"
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=_area(2),
        help_text=gettext_lazy("The other office reads it as a note."),
    )  # fmt: skip


class Ask(Deed):
    """A question to the applicant."""

    text = forms.CharField(label=gettext_lazy("Your question"), max_length=5000, widget=_area(6))
    fields_wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Documents of the form"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    more_wanted = forms.CharField(
        label=gettext_lazy("Other documents"), required=False, max_length=1000, widget=_area(2),
        help_text=gettext_lazy("One on each line."),
    )  # fmt: skip
    due = forms.DateField(label=gettext_lazy("Answer until"), widget=DATE)

    def __init__(self, *said: Any, definition: Definition, **more: Any) -> None:
        first = timezone.localdate(clock.now() + ANSWER_IN)
        more["initial"] = {"due": first, **more.get("initial", {})}
        super().__init__(*said, **more)
        files = [(one.id, one.title.get("de", one.id)) for one in definition.fields().values()
                 if one.kind == "file"]  # fmt: skip
        self.fields["fields_wanted"].choices = files  # type: ignore[attr-defined]
        if not files:
            del self.fields["fields_wanted"]

    def clean_due(self) -> Any:
        """A day that is still to come."""
        day = self.cleaned_data["due"]
        if day <= timezone.localdate(clock.now()):
            raise forms.ValidationError(_("Please choose a day after today."))
        return day

    @property
    def wanted(self) -> list[str]:
        """Fields of the form, and documents in words."""
        lines = self.cleaned_data["more_wanted"].splitlines()
        return [*self.cleaned_data.get("fields_wanted", []),
                *(line.strip()[:200] for line in lines if line.strip())]  # fmt: skip


class Write(Deed):
    """A message to the applicant."""

    subject = forms.CharField(label=gettext_lazy("Subject line"), max_length=200)
    text = forms.CharField(label=gettext_lazy("Message"), max_length=20_000, widget=_area(6))
    file = forms.FileField(
        label=gettext_lazy("File"), required=False, help_text=gettext_lazy("A PDF or a picture.")
    )
    protected = forms.BooleanField(
        label=gettext_lazy("Readable only with the level of trust that this form asks for"),
        required=False,
    )  # fmt: skip


class Note(Deed):
    """A note for colleagues."""

    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=5000, widget=_area(3),
        help_text=gettext_lazy("The applicant sees it only in an export of their data."),
    )  # fmt: skip


class Correct(Deed):
    """One answer put right."""

    field = forms.CharField(widget=forms.HiddenInput)
    row = forms.IntegerField(required=False, widget=forms.HiddenInput)
    said = forms.CharField(label=gettext_lazy("Correct answer"), max_length=4000)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


class Join(Deed):
    """A link with another case."""

    reference = forms.CharField(label=gettext_lazy("Reference of the other case"), max_length=20)

    def clean_reference(self) -> Case:
        """A case that this clerk may see."""
        plain = re.sub(r"[^0-9A-Z]", "", self.cleaned_data["reference"].upper())
        spelt = f"{plain[:3]}-{plain[3:7]}-{plain[7:]}"
        other = Case.objects.visible_to(self.clerk, SEE).filter(reference=spelt).first()
        if other is None or other.pk == self.case.pk:
            raise forms.ValidationError(_("There is no other case with this reference."))
        return other


class Fee(Deed):
    """The amount that the office sets."""

    euros = forms.DecimalField(
        label=gettext_lazy("Amount in euros"), min_value=0, max_value=99_999, decimal_places=2,
        localize=True,
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=_area(2),
        help_text=gettext_lazy("The applicant reads it."),
    )  # fmt: skip

    @property
    def cents(self) -> int:
        """The amount."""
        return int(self.cleaned_data["euros"] * 100)


class Break(Deed):
    """Paper or typing in between."""

    kind = forms.ChoiceField(label=gettext_lazy("What was done?"), choices=list(KINDS.items()))


class Settle(Deed):
    """What became of an appeal."""

    result = forms.CharField(
        label=gettext_lazy("What became of it?"), max_length=2000, widget=_area(2)
    )
