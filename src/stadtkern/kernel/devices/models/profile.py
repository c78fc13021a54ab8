"""Device models with their codecs."""

import hashlib

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.things.models import Sensor


class CodecKind(models.TextChoices):
    """How a payload is read."""

    JAVASCRIPT = "javascript", "JavaScript"
    CAYENNE = "cayenne", "Cayenne LPP"
    FIELDS = "fields", _("Fields and bytes")
    NONE = "none", _("The message brings its values")


class Profile(models.Model):
    """A device model with its codec. A codec that the city edited is not overwritten by ours.

    `codec` is JavaScript source, or the JSON text of a declarative codec. `measures` say which
    decoded field becomes which observed property (`contract.Measure`); `observes` describes these
    properties (`contract.Observed`) where no system declares the `thing_kind`, which is empty then.
    `examples` are those of TS013 repositories: `{function, description, input, output}`. A
    `stateless` codec gave the same answers in any order of its examples, so that its context may be
    used again; `origin` says where an imported profile came from, with its licence. What nobody has
    `confirmed` is a mapping that was proposed from the examples. `checked` is when the examples ran
    with this codec, `results` are those that differed: `{function, description, expected, actual,
    reason}`.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    vendor = models.CharField(max_length=120)
    model = models.CharField(max_length=120)
    codec_kind = models.CharField(
        max_length=10, choices=CodecKind, default=CodecKind.JAVASCRIPT, db_default="javascript"
    )
    codec = models.TextField(blank=True)
    shipped = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    examples = models.JSONField(default=list, blank=True)
    stateless = models.BooleanField(default=False, db_default=False, editable=False)
    measures = models.JSONField(default=list)
    observes = models.JSONField(default=list, blank=True)
    battery = models.CharField(max_length=80, blank=True)
    uplink_every = models.DurationField()
    thing_kind = models.CharField(max_length=80, blank=True)
    sensor = models.ForeignKey(Sensor, on_delete=models.PROTECT, related_name="+")
    origin = models.JSONField(default=dict, blank=True, editable=False)
    confirmed = models.BooleanField(default=True, db_default=True, editable=False)
    checked = models.DateTimeField(null=True, blank=True, editable=False)
    examples_good = models.PositiveIntegerField(null=True, blank=True, editable=False)
    examples_bad = models.PositiveIntegerField(null=True, blank=True, editable=False)
    results = models.JSONField(default=list, blank=True, editable=False)
    # Why this version of the codec is not run any more (see codecs.pauses).
    paused = models.CharField(max_length=300, blank=True, db_default="", editable=False)
    paused_version = models.PositiveIntegerField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("device profile")
        verbose_name_plural = _("device profiles")
        ordering = ("slug",)
        constraints = [
            # 128 kB: the 95th percentile of public codecs is 46 kB.
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("codec"), 131072),
                name="devices_profile_codec_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def pause(self) -> str:
        """Why the codec is paused; empty where it is not, as after a new version."""
        return self.paused if self.paused_version == self.version else ""


class CodecVersion(models.Model):
    """A codec as it was before somebody changed it, or as it is now: nothing is overwritten."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    codec_kind = models.CharField(max_length=10, choices=CodecKind)
    codec = models.TextField(blank=True)
    measures = models.JSONField(default=list)
    note = models.CharField(max_length=300, blank=True)
    author = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("profile", "-number")
        constraints = [
            models.UniqueConstraint(fields=["profile", "number"], name="devices_codecversion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} v{self.number}"


def fingerprint(source: str) -> str:
    """SHA-256 of a codec's source, in hex."""
    return hashlib.sha256(source.encode()).hexdigest()
