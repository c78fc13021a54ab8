"""Meetings, who comes, and the tournaments that are played there."""

from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking, Resource, Wish
from stadtkern.kernel.places.models import Place
from stadtkern.systems.esports.ratings import RATINGS

RATED = (
    (0, _("for all ages")),
    (6, _("from 6 years")),
    (12, _("from 12 years")),
    (16, _("from 16 years")),
)


class Bilingual(models.Model):
    """Something with texts in German and, beside them, in English."""

    class Meta:
        abstract = True

    def said(self, name: str) -> str:
        """A text in the reader's language; the German one where there is no English."""
        english = getattr(self, f"{name}_en") if get_language() == "en" else ""
        return str(english or getattr(self, name))

    @property
    def heading(self) -> str:
        """The title in the reader's language."""
        return self.said("title")

    @property
    def body(self) -> str:
        """The text in the reader's language."""
        return self.said("text")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Questions about meetings."""

    def public(self) -> Self:
        """All but drafts; a cancelled one stays visible."""
        return self.exclude(state="draft")


class Meeting(Bilingual):
    """People meet in a youth centre to play: on a screen, or for real on a pitch.

    The seats are units of `resource`; that a meeting is full is no state, it follows from them.
    `follows` is the tournament that led to it: from digital to real.
    """

    STATES = (
        ("draft", _("draft")),
        ("open", _("sign-up is open")),
        ("checkin", _("check-in")),
        ("running", _("running")),
        ("finished", _("over")),
        ("cancelled", _("meeting cancelled")),
    )
    KINDS = (("esport", _("eSport")), ("real", _("Sport for real")))

    slug = models.SlugField(_("Address"), max_length=60, unique=True)
    kind = models.CharField(_("Kind"), max_length=8, choices=KINDS, default="esport")
    state = models.CharField(max_length=10, choices=STATES, default="draft", editable=False)
    title = models.CharField(_("Title"), max_length=120)
    title_en = models.CharField(_("Title in English"), max_length=120, blank=True)
    text = models.TextField(_("Text"), max_length=4000, blank=True)
    text_en = models.TextField(_("Text in English"), max_length=4000, blank=True)
    place = models.ForeignKey(
        Place, verbose_name=_("Youth centre"), on_delete=models.PROTECT, related_name="+"
    )
    begins = models.DateTimeField(_("Begins"))
    ends = models.DateTimeField(_("Ends"))
    game = models.CharField(_("Game"), max_length=120)
    rating = models.PositiveSmallIntegerField(_("Age rating (USK)"), choices=RATED, default=12)
    seats = models.PositiveSmallIntegerField(_("Seats"), default=16)
    resource = models.OneToOneField(
        Resource, on_delete=models.PROTECT, related_name="+", editable=False
    )
    follows = models.ForeignKey(
        "Tournament", verbose_name=_("Follows the tournament"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="followed_by",
    )  # fmt: skip
    invented = models.BooleanField(default=False, editable=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[MeetingQuerySet] = MeetingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ("begins", "id")
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="esports_ends_after"),
            models.CheckConstraint(
                condition=Q(rating__in=RATINGS), name="esports_rating_is_of_the_usk"
            ),
            models.CheckConstraint(condition=Q(seats__range=(2, 500)), name="esports_seats"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "open", "checkin", "running", "finished",
                                       "cancelled")),
                name="esports_state_is_known",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class Team(models.Model):
    """Players who play together at one meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                "meeting", Func(F("name"), function="lower"), name="esports_team_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SignUp(models.Model):
    """Somebody who comes, by nickname: the name stands with the booking, or with the wish.

    Who may be under 16 needs `guardian_email` and comes in only after `consented`. Whether photos
    are allowed is a question of its own, and can be taken back (`photo` false again).
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="signups")
    booking = models.OneToOneField(Booking, null=True, on_delete=models.SET_NULL, related_name="+")
    wish = models.OneToOneField(Wish, null=True, on_delete=models.SET_NULL, related_name="+")
    nickname = models.CharField(max_length=24)
    birth_year = models.PositiveSmallIntegerField(null=True)
    guardian_email = models.EmailField(blank=True)
    consented = models.DateTimeField(null=True)
    photo = models.BooleanField(default=False)
    photo_changed = models.DateTimeField(null=True)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="signups"
    )
    created = models.DateTimeField(default=clock.now, editable=False)
    erased = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ("created", "id")
        constraints = [
            models.UniqueConstraint(
                "meeting", Func(F("nickname"), function="lower"),
                condition=Q(erased=None), name="esports_nickname_once",
            ),
            models.CheckConstraint(
                condition=Q(booking__isnull=False) | Q(wish__isnull=False)
                | Q(erased__isnull=False),
                name="esports_has_a_seat_or_waits",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.nickname

    @property
    def seat(self) -> Booking | None:
        """The booking, also where it came from the waiting list."""
        if self.booking is not None:
            return self.booking
        return self.wish.offer if self.wish is not None and self.wish.state == "taken" else None

    @property
    def is_in(self) -> bool:
        """Whether the seat is taken, held or in use."""
        seat = self.seat
        return seat is not None and seat.state in ("held", "booked", "arrived")

    @property
    def lacks_consent(self) -> bool:
        """Whether a guardian still has to agree."""
        return bool(self.guardian_email) and self.consented is None


class Tournament(Bilingual):
    """Matches in rounds. `teams`: whole teams play, not single players."""

    MODES = (("swiss", _("Swiss system")), ("elimination", _("Single elimination")))
    STATES = (("draft", _("draft")), ("running", _("running")), ("finished", _("over")))

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="tournaments")
    title = models.CharField(_("Title"), max_length=120)
    title_en = models.CharField(_("Title in English"), max_length=120, blank=True)
    mode = models.CharField(_("Mode"), max_length=12, choices=MODES, default="swiss")
    teams = models.BooleanField(_("Teams play"), default=False)
    rounds = models.PositiveSmallIntegerField(
        _("Rounds"), null=True, blank=True,
        help_text=_("Swiss system only. Empty: as many as are needed for one clear winner."),
    )  # fmt: skip
    state = models.CharField(max_length=8, choices=STATES, default="draft", editable=False)
    now = models.PositiveSmallIntegerField(default=0, editable=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("tournament")
        verbose_name_plural = _("tournaments")
        ordering = ("created", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=("swiss", "elimination")), name="esports_mode_is_known"
            ),
            models.CheckConstraint(
                condition=Q(rounds=None) | Q(rounds__range=(1, 12)), name="esports_rounds"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Entrant(models.Model):
    """Who plays in a tournament, by the name that everybody sees; `seed` 1 is the best."""

    tournament = models.ForeignKey(Tournament, on_delete=models.CASCADE, related_name="entrants")
    name = models.CharField(max_length=40)
    seed = models.PositiveSmallIntegerField()
    signup = models.ForeignKey(
        SignUp, null=True, blank=True, on_delete=models.SET_NULL, related_name="entries"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="entries"
    )
    left = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("entrant")
        verbose_name_plural = _("entrants")
        ordering = ("seed",)
        constraints = [
            models.UniqueConstraint(fields=["tournament", "seed"], name="esports_seed_once"),
            models.UniqueConstraint(
                "tournament", Func(F("name"), function="lower"), name="esports_entrant_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Match(models.Model):
    """Two entrants in a round. A result counts when both said the same, or a referee decided.

    In a knock-out the places of later rounds fill up; `b` empty in a match that is done is a bye.
    """

    STATES = (
        ("open", _("open")),
        ("claimed", _("one side has reported")),
        ("disputed", _("the sides disagree")),
        ("done", _("done")),
    )
    HOW = (("played", _("played")), ("walkover", _("walkover")), ("bye", _("bye")))

    tournament = models.ForeignKey(Tournament, on_delete=models.CASCADE, related_name="matches")
    round = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    a = models.ForeignKey(
        Entrant, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    b = models.ForeignKey(
        Entrant, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=8, choices=STATES, default="open")
    how = models.CharField(max_length=8, choices=HOW, default="played")
    score_a = models.PositiveSmallIntegerField(null=True, blank=True)
    score_b = models.PositiveSmallIntegerField(null=True, blank=True)
    winner = models.ForeignKey(
        Entrant, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What each side says: [points of a, points of b].
    said_a = models.JSONField(null=True, blank=True)
    said_b = models.JSONField(null=True, blank=True)
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ("round", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["tournament", "round", "number"], name="esports_match_once"
            ),
            models.CheckConstraint(
                condition=Q(a=None) | Q(b=None) | ~Q(a=F("b")), name="esports_not_against_oneself"
            ),
            models.CheckConstraint(
                condition=Q(winner=None) | Q(winner=F("a")) | Q(winner=F("b")),
                name="esports_winner_played",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(a__isnull=False), name="esports_done_was_played"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}.{self.number}"
