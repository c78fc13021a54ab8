"""Forms as data: a form, and its versions, of which one is published."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models.service import Service
from stadtkern.kernel.people.models import Account, Department


class Form(models.Model):
    """A form assistant. Who works on its cases is `department`; `back_office` gets them then."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="forms"
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="forms")
    back_office = models.ForeignKey(
        "cases.BackOffice", null=True, blank=True, on_delete=models.PROTECT, related_name="forms"
    )
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class FormVersion(models.Model):
    """One state of a form: `definition` as `forms.definition.read` takes it.

    A published one never changes, so a running case keeps what it began with; a trigger holds
    that. `schema_uri` is the FIM schema (XDatenfelder) its fields came from.
    """

    STATES = {"draft": _("draft"), "published": _("published"), "retired": _("retired")}

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=list(STATES.items()), default="draft")
    definition = models.JSONField(default=dict)
    schema_uri = models.CharField(max_length=300, blank=True)
    # What the version was imported from, word by word: the XDatenfelder message.
    schema_source = models.TextField(blank=True)
    note = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now)
    published = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("version of a form")
        verbose_name_plural = _("versions of forms")
        ordering = ("form", "-number")
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="cases_version_number_once"),
            models.UniqueConstraint(
                fields=["form"], condition=Q(state="published"), name="cases_one_published"
            ),
            models.UniqueConstraint(
                fields=["form"], condition=Q(state="draft"), name="cases_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "retired"]),
                name="cases_version_state",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published__isnull=False),
                name="cases_published_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.number}"


class FormTest(models.Model):
    """Invented answers, and what has to come of them before a version is published.

    `expected`: `{"steps": [ids of the steps shown], "faults": [fields with a fault], "cents": the
    sum of the bill}`; what is missing is not looked at.
    """

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="tests")
    name = models.CharField(max_length=160)
    answers = models.JSONField(default=dict, blank=True)
    expected = models.JSONField(default=dict, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("test case of a form")
        verbose_name_plural = _("test cases of forms")
        ordering = ("form", "name", "id")
        constraints = [
            models.UniqueConstraint(fields=["form", "name"], name="cases_form_test_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="cases_form_test_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.form}: {self.name}"
