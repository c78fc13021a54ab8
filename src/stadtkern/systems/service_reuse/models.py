"""Services of others: the register, what was checked and tried, what was decided and why."""

from typing import ClassVar, Self
from uuid import uuid4

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import BackOffice, OnlineService, Service
from stadtkern.kernel.people.models import Account

# ISO 3166-2:DE without “DE-”; the federation itself is DE.
STATES = {
    "BW": "Baden-Württemberg", "BY": "Bayern", "BE": "Berlin", "BB": "Brandenburg",
    "HB": "Bremen", "HH": "Hamburg", "HE": "Hessen", "MV": "Mecklenburg-Vorpommern",
    "NI": "Niedersachsen", "NW": "Nordrhein-Westfalen", "RP": "Rheinland-Pfalz",
    "SL": "Saarland", "SN": "Sachsen", "ST": "Sachsen-Anhalt", "SH": "Schleswig-Holstein",
    "TH": "Thüringen", "DE": _("Federation"),
}  # fmt: skip
STEPS = {
    "candidate": _("candidate"), "assessed": _("looked at"), "contracted": _("contract signed"),
    "connected": _("connected"), "tested": _("tested"), "live": _("used here"),
    "retired": _("not in use any more"),
}  # fmt: skip
TRANSPORTS = {
    "": _("not known"), "fit_connect": _("FIT-Connect"), "xta": _("XTA or OSCI"),
    "portal": _("fetched from a portal"), "mail": _("e-mail"), "other": _("something else"),
}  # fmt: skip
OUTCOMES = {
    "reuse": _("reuse it"), "own": _("build our own"), "wait": _("wait"),
    "link": _("only link to it"),
}  # fmt: skip
VERDICTS = {
    "open": _("open"), "yes": _("met"), "no": _("not met"), "unneeded": _("does not apply"),
}  # fmt: skip


class CandidateQuerySet(models.QuerySet["Candidate"]):
    """Questions about services of others."""

    def live(self) -> Self:
        """Those that people use here."""
        return self.filter(step="live")


class Candidate(models.Model):
    """An online service that others have built and that could serve one of our services.

    Prices in cents, from low to high; null: not known. `leika` stays empty where it is not known.
    `online` is the way that people take since it is live.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="+", verbose_name=_("City service")
    )
    title = models.CharField(_("Name"), max_length=200)
    about = models.TextField(_("What it does"), blank=True)
    state = models.CharField(_("Made by"), max_length=2, choices=list(STATES.items()), blank=True)
    operator = models.CharField(_("Operator"), max_length=200, blank=True)
    leika = models.CharField(_("LeiKa key"), max_length=14, blank=True)
    fim = models.CharField(_("FIM data schema"), max_length=120, blank=True)
    url = models.URLField(_("Address for applicants"), max_length=500, blank=True)
    transport = models.CharField(
        _("How applications come"), max_length=11, choices=list(TRANSPORTS.items()), blank=True
    )
    interface = models.CharField(_("Interface to the procedure"), max_length=300, blank=True)
    account = models.CharField(_("Account"), max_length=200, blank=True)
    level = models.PositiveSmallIntegerField(_("Level of trust"), null=True, blank=True)
    payment = models.CharField(_("Payment"), max_length=200, blank=True)
    contract = models.CharField(_("Form of the contract"), max_length=300, blank=True)
    privacy = models.CharField(_("Data protection agreement"), max_length=300, blank=True)
    one_off_low = models.PositiveBigIntegerField(null=True, blank=True)
    one_off_high = models.PositiveBigIntegerField(null=True, blank=True)
    yearly_low = models.PositiveBigIntegerField(null=True, blank=True)
    yearly_high = models.PositiveBigIntegerField(null=True, blank=True)
    per_case_low = models.PositiveBigIntegerField(null=True, blank=True)
    per_case_high = models.PositiveBigIntegerField(null=True, blank=True)
    price_source = models.CharField(_("Source of the prices"), max_length=300, blank=True)
    source = models.CharField(_("Source"), max_length=300)
    source_url = models.URLField(_("Address of the source"), max_length=500, blank=True)
    as_of = models.DateField(_("As of"), null=True, blank=True)
    step = models.CharField(max_length=10, choices=list(STEPS.items()), default="candidate")
    online = models.ForeignKey(
        OnlineService, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now)

    objects: ClassVar[CandidateQuerySet] = CandidateQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("service of others")
        verbose_name_plural = _("services of others")
        ordering = ("title", "id")
        constraints = [
            models.UniqueConstraint(fields=["service", "title"], name="service_reuse_once"),
            models.UniqueConstraint(
                fields=["service"], condition=Q(step="live"), name="service_reuse_one_live"
            ),
            models.CheckConstraint(
                condition=Q(leika="") | Q(leika__regex=r"^99\d{12}$"), name="service_reuse_leika"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="service_reuse_has_source"),
            models.CheckConstraint(
                condition=Q(step__in=list(STEPS)), name="service_reuse_step_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(step="live") | ~Q(url=""), name="service_reuse_live_leads_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__in=[0, 1, 3, 4]),
                name="service_reuse_level",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class Step(models.Model):
    """One step of a candidate: who, when, from where to where, why. Never changed (a trigger)."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=200)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, choices=list(STEPS.items()))
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("step of a service of others")
        verbose_name_plural = _("steps of services of others")
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.candidate}: {self.after}"


class Finding(models.Model):
    """What was found about one line of a list (`lists.read`): a requirement, a connection step."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="findings")
    checklist = models.SlugField(max_length=20)
    item = models.SlugField(max_length=60)
    verdict = models.CharField(max_length=8, choices=list(VERDICTS.items()), default="open")
    note = models.CharField(max_length=500, blank=True)
    url = models.URLField(max_length=500, blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "checklist", "item"], name="service_reuse_finding_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["open", "yes", "no", "unneeded"]),
                name="service_reuse_verdict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}: {self.item}"


class Trial(models.Model):
    """A try of the connection: the platform asked, or a person noted what came of it."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="trials")
    kind = models.CharField(max_length=7, default="manual")
    back_office = models.ForeignKey(
        BackOffice, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=7, default="waiting")
    text = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    done = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("try of a connection")
        verbose_name_plural = _("tries of connections")
        ordering = ("-at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["manual", "routing"]), name="service_reuse_trial_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "good", "bad"]), name="service_reuse_trial_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}: {self.state}"


class Drift(models.Model):
    """What our form and a FIM data schema do not have in common, on a day."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="drifts")
    form = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    schema = models.CharField(max_length=120)
    file = models.CharField(max_length=200)
    same = models.PositiveIntegerField(default=0)
    # [{"kind": "added"|"removed"|"changed", "where": .., "text": ..}], of the form towards FIM.
    differences = models.JSONField(default=list)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("drift report")
        verbose_name_plural = _("drift reports")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.form} {self.version}: {self.schema}"


class Decision(models.Model):
    """What was decided for a service, with the costs of the options over five years.

    `costs` by option: `{"one_off": [low, high], "yearly": .., "per_case": ..}` in cents, missing
    where not known. A decided one never changes (a trigger holds that); the next supersedes it.
    """

    STATES: ClassVar = {
        "draft": _("draft"), "decided": _("decided"), "superseded": _("superseded"),
    }  # fmt: skip

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    candidate = models.ForeignKey(
        Candidate, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    state = models.CharField(max_length=10, choices=list(STATES.items()), default="draft")
    outcome = models.CharField(max_length=5, choices=list(OUTCOMES.items()), blank=True)
    # What the city promises to weigh: “where it makes sense and is economical”.
    sensible = models.TextField(blank=True)
    economical = models.TextField(blank=True)
    costs = models.JSONField(default=dict, blank=True)
    cases_low = models.PositiveIntegerField(null=True, blank=True)
    cases_high = models.PositiveIntegerField(null=True, blank=True)
    years = models.PositiveSmallIntegerField(default=5)
    discount = models.DecimalField(
        max_digits=4, decimal_places=2, default=0, validators=[MaxValueValidator(20)]
    )
    review_on = models.DateField(null=True, blank=True)
    decided = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    superseded = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("decision on reuse")
        verbose_name_plural = _("decisions on reuse")
        ordering = ("-decided", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["service"], condition=Q(state="draft"), name="service_reuse_one_draft"
            ),
            models.UniqueConstraint(
                fields=["service"], condition=Q(state="decided"), name="service_reuse_one_decision"
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | (Q(state__in=["decided", "superseded"], decided__isnull=False,
                     review_on__isnull=False, outcome__in=list(OUTCOMES))
                   & ~Q(sensible="") & ~Q(economical="")),
                name="service_reuse_decided_says_why",
            ),
            models.CheckConstraint(
                condition=Q(years__range=(1, 15)), name="service_reuse_years"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.service}: {self.outcome or self.state}"
