"""What `system.py` declares of display boards."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Column,
    Dataset,
    DeviceProfile,
    Job,
    Legend,
    Listener,
    MapLayer,
    Measure,
    Nav,
    Observed,
    Permission,
    PlaceKind,
    ThingKind,
)

SEE, MANAGE = "see_boards", "manage_boards"
PLACE = PlaceKind(slug="board", title=_("Display board"), plural=_("Display boards"))
THING = ThingKind(
    slug="board",
    title=_("Display board"),
    observes=(
        Observed(
            slug="board_works",
            title=_("Board works (1 yes, 0 no)"),
            unit="1",
            unit_name="0 faulty, 1 works",
            decimals=0,
            stale_after=timedelta(hours=2),
            low=0,
            high=1,
        ),
    ),
)
# The open protocol of this project for boards: docs/reference/boards.md.
PROFILE = DeviceProfile(
    slug="open-display-board",
    title=_("Display board"),
    vendor="Stadtkern",
    model="Open board",
    codec="codecs/open-display-board.js",
    thing_kind="board",
    measures=(Measure(path="works", property="board_works"),),
    uplink_every=timedelta(minutes=10),
)
LAYER = MapLayer(
    slug="boards",
    title=_("Display boards"),
    theme="mobility",
    weight=12,
    shown=False,
    pins="stadtkern.systems.parking.logic.boards.shown.pins",
    legend=(
        Legend(state="good", title=_("shows what it should")),
        Legend(state="tight", title=_("does not answer")),
        Legend(state="bad", title=_("out of order")),
        Legend(state="none", title=_("never reached")),
    ),
)
DATASET = Dataset(
    slug="boards",
    title=_("Parking: what the display boards show"),
    about=_(
        "Boards of the parking guidance with the lines that they show now, as the boards "
        "themselves report them. Where a board has not reported, the lines are missing."
    ),
    theme="TRAN",
    keywords=(_("parking"), _("parking guidance"), _("display board")),
    rhythm="UPDATE_CONT",
    every=timedelta(minutes=5),
    rows="stadtkern.systems.parking.logic.boards.shown.rows",
    key=("id", "line"),
    columns=(
        Column(slug="id", title=_("Identifier")),
        Column(slug="name", title=_("Name")),
        Column(slug="line", title=_("Line"), kind="integer"),
        Column(slug="text", title=_("Text")),
        Column(slug="arrow", title=_("Arrow")),
        Column(slug="state", title=_("State")),
        Column(slug="reported_at", title=_("Reported at"), kind="datetime"),
        Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
        Column(slug="geometry", title=_("Position"), kind="geometry"),
    ),
)
NAV = (Nav(label=_("Display boards"), to="parking-staff:boards", audience="staff", weight=21),)
PERMISSIONS = (
    Permission(slug=SEE, title=_("See display boards and what they show")),
    Permission(slug=MANAGE, title=_("Change display boards and set texts by hand")),
)
JOBS = (
    Job(
        slug="boards",
        title=_("Bring display boards up to date"),
        cron="* * * * *",
        run="stadtkern.systems.parking.logic.boards.round.run",
    ),
    Job(
        slug="forget_board_messages",
        title=_("Forget old messages to display boards"),
        cron="51 2 * * *",
        run="stadtkern.systems.parking.logic.boards.notes.forget",
    ),
)
LISTENS = (
    Listener(
        event="stadtkern.kernel.events.ObservationsStored",
        call="stadtkern.systems.parking.logic.boards.round.heard",
        kinds=("parking.count", "parking.board"),
    ),
)
CHECK = "stadtkern.systems.parking.logic.boards.checking.problems"
