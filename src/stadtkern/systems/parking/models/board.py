"""A display board: what it may show, what it was told, and what it says that it shows."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place
from stadtkern.systems.parking.bays import AUDIENCES
from stadtkern.systems.parking.models.site import Site

PROTOCOLS = {
    "lorawan": _("LoRaWAN"),
    "modbus": _("Modbus TCP"),
    "http": _("HTTP"),
}
STATES = {
    "new": _("never reached"),
    "waiting": _("on its way"),
    "good": _("shows what it should"),
    "differs": _("shows something else"),
    "silent": _("does not answer"),
    "failed": _("out of order"),
}
CONTENTS = {
    "site": _("a car park"),
    "sum": _("several car parks together"),
    "guide": _("the best of several car parks"),
    "text": _("only text"),
}
UNKNOWN = {
    "fallback": _("show the static text"),
    "at_least": _("show what is known, with “at least”"),
}
ARROWS = {
    "": _("no arrow"),
    "auto": _("points to the car park"),
    "ahead": _("straight on"),
    "half_right": _("half right"),
    "right": _("to the right"),
    "back_right": _("back on the right"),
    "back": _("to the rear"),
    "back_left": _("back on the left"),
    "left": _("to the left"),
    "half_left": _("half left"),
}
STEPS = {
    "wanted": _("wanted"),
    "sent": _("sent"),
    "acknowledged": _("acknowledged"),
    "displayed": _("displayed"),
    "failed": _("failed"),
}
CAUSES = {
    "count": _("the counts changed"),
    "stale": _("a count is too old"),
    "light": _("day or night"),
    "override": _("somebody set a text"),
    "override_over": _("a text that somebody set is over"),
    "template": _("the template was changed"),
    "test": _("test pattern"),
    "start": _("first message"),
    "repeat": _("somebody asked to send it again"),
    "repair": _("the board showed something else"),
    "retry": _("the board did not answer before"),
    "look": _("read back"),
}
MOST_LINES, WIDEST = 8, 32


class Board(models.Model):
    """One board; its name and position are its place's.

    `address` is `host:port/unit` for Modbus TCP, an http(s) address, or a DevEUI. `facing` is where
    people look who read it, in degrees from north. A number older than `oldest_minutes` is not
    shown. A change by less than `step` is not sent unless a threshold is crossed.
    `wanted` is what it ought to show and `cause` why that changed last, `told` what it took,
    `shown` what it says that it shows (`{"lines": [{"text", "arrow"}], "brightness": 0 to 100}`).
    `failures` counts tries in a row that went wrong; `due` is when it is worked on again; `busy`
    until when somebody works on it.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    place = models.OneToOneField(Place, on_delete=models.CASCADE, related_name="+")
    uid = models.SlugField(max_length=60, unique=True)
    on = models.BooleanField(default=True)
    protocol = models.CharField(max_length=10, choices=list(PROTOCOLS.items()))
    address = models.CharField(max_length=300)
    secret = models.BinaryField(null=True, blank=True, editable=False)
    width = models.PositiveSmallIntegerField(default=16)
    facing = models.PositiveSmallIntegerField(null=True, blank=True)
    fallback = models.CharField(max_length=WIDEST, default="P+R")
    low_word = models.CharField(max_length=12, default="wenige", blank=True)
    full_word = models.CharField(max_length=12, default="besetzt")
    closed_word = models.CharField(max_length=12, default="geschlossen")
    least_word = models.CharField(max_length=12, default="mind.")
    oldest_minutes = models.PositiveSmallIntegerField(default=15)
    step = models.PositiveSmallIntegerField(default=1)
    day_light = models.PositiveSmallIntegerField(default=100)
    night_light = models.PositiveSmallIntegerField(default=30)
    test_until = models.DateTimeField(null=True, blank=True)
    wanted = models.JSONField(default=dict, editable=False)
    wanted_at = models.DateTimeField(null=True, editable=False)
    cause = models.CharField(
        max_length=14, choices=list(CAUSES.items()), default="start", editable=False
    )
    told = models.JSONField(default=dict, editable=False)
    told_at = models.DateTimeField(null=True, editable=False)
    shown = models.JSONField(default=dict, editable=False)
    shown_at = models.DateTimeField(null=True, editable=False)
    faults = models.JSONField(default=list, editable=False)
    state = models.CharField(
        max_length=8, choices=list(STATES.items()), default="new", editable=False
    )
    problem = models.CharField(max_length=300, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    due = models.DateTimeField(default=clock.now, editable=False)
    busy = models.DateTimeField(null=True, editable=False)
    changed = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("display board")
        verbose_name_plural = _("display boards")
        ordering = ("uid",)
        indexes = [models.Index(fields=["due"], name="parking_board_due", condition=Q(on=True))]
        constraints = [
            models.CheckConstraint(
                condition=Q(protocol__in=list(PROTOCOLS)), name="parking_board_protocol"
            ),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="parking_board_state"),
            models.CheckConstraint(
                condition=Q(width__gte=6, width__lte=WIDEST), name="parking_board_width"
            ),
            models.CheckConstraint(
                condition=Q(facing=None) | Q(facing__lt=360), name="parking_board_facing"
            ),
            models.CheckConstraint(
                condition=Q(oldest_minutes__gte=1, step__gte=1), name="parking_board_limits"
            ),
            models.CheckConstraint(
                condition=Q(day_light__lte=100, night_light__lte=100), name="parking_board_light"
            ),
            models.UniqueConstraint(
                fields=["protocol", "address"], name="parking_board_address_once"
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="parking_board_failing_since",
            ),
        ]

    def __str__(self) -> str:
        return self.uid

    @property
    def title(self) -> str:
        """The place's name in the reader's language."""
        return self.place.title


class BoardLine(models.Model):
    """One line: a label on the left, and on the right what it says of its car parks.

    `memory` is what the rules need to know of the line before: the level of each car park and of
    the whole, the number that was shown, the car park that was pointed to.
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    content = models.CharField(max_length=5, choices=list(CONTENTS.items()), default="site")
    sites = models.ManyToManyField(Site, blank=True, related_name="+")
    audience = models.CharField(
        max_length=10, choices=list(AUDIENCES.items()), default="", blank=True
    )
    label = models.CharField(max_length=WIDEST, blank=True)
    arrow = models.CharField(max_length=10, choices=list(ARROWS.items()), default="", blank=True)
    unknown = models.CharField(max_length=8, choices=list(UNKNOWN.items()), default="fallback")
    fallback = models.CharField(max_length=WIDEST, blank=True)
    memory = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("line of a board")
        verbose_name_plural = _("lines of boards")
        ordering = ("board", "number")
        constraints = [
            models.UniqueConstraint(fields=["board", "number"], name="parking_line_number"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_LINES), name="parking_line_is_on_board"
            ),
            models.CheckConstraint(
                condition=Q(content__in=list(CONTENTS)), name="parking_line_content"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=list(AUDIENCES)), name="parking_line_audience"
            ),
            models.CheckConstraint(condition=Q(arrow__in=list(ARROWS)), name="parking_line_arrow"),
            models.CheckConstraint(
                condition=Q(unknown__in=list(UNKNOWN)), name="parking_line_unknown"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board_id}/{self.number}"


class BoardMessage(models.Model):
    """One step on the way of a message to its board; rows are never changed (a trigger).

    `face` is what was wanted, sent or read back. Every step has one cause; `detail` is what went
    wrong, in words.
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="messages")
    at = models.DateTimeField(default=clock.now)
    step = models.CharField(max_length=12, choices=list(STEPS.items()))
    cause = models.CharField(max_length=14, choices=list(CAUSES.items()))
    face = models.JSONField(default=dict)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("message to a board")
        verbose_name_plural = _("messages to boards")
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=["board", "-at"], name="parking_message_by_board")]
        constraints = [
            models.CheckConstraint(condition=Q(step__in=list(STEPS)), name="parking_message_step"),
            models.CheckConstraint(
                condition=Q(cause__in=list(CAUSES)), name="parking_message_cause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board_id} {self.step}"


class Override(models.Model):
    """Texts that somebody put on a board by hand, until an instant at which they go by themselves.

    `texts` has one for each line of the board; an empty one leaves the line as it is.
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="overrides")
    texts = models.JSONField()
    why = models.CharField(max_length=200)
    by = models.CharField(max_length=200)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("text set by hand")
        verbose_name_plural = _("texts set by hand")
        ordering = ("-since", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="parking_override_has_an_end"
            ),
            models.UniqueConstraint(
                fields=["board"], name="parking_override_one_at_a_time", condition=Q(ended=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board_id} {self.until:%Y-%m-%d %H:%M}"
