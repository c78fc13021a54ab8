"""What is on in the city: concerts, markets, meetings, courses."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Column,
    Dataset,
    Job,
    Legend,
    MapLayer,
    Nav,
    Permission,
    PersonalData,
    PlaceKind,
    Role,
    Service,
    System,
    Tile,
    Today,
    Topic,
)

system = System(
    slug="events",
    title=_("Events"),
    summary=_("What is on in the city: concerts, markets, meetings, courses."),
    package="stadtkern.systems.events",
    theme="city",
    path="veranstaltungen",
    place_kinds=(PlaceKind(slug="venue", title=_("Venue"), plural=_("Venues")),),
    layers=(
        MapLayer(
            slug="coming",
            title=_("Events of these days"),
            theme="city",
            weight=55,
            shown=False,
            pins="stadtkern.systems.events.layers.pins",
            legend=(
                Legend(state="good", title=_("today")),
                Legend(state="info", title=_("in the next seven days")),
                Legend(state="none", title=_("event cancelled")),
            ),
        ),
    ),
    tiles=(
        Tile(
            slug="today",
            title=_("Events"),
            theme="city",
            weight=55,
            reading="stadtkern.systems.events.layers.today_tile",
        ),
    ),
    datasets=(
        Dataset(
            slug="events",
            title=_("Events in the city"),
            about=_(
                "Public dates of events of the last year and of all that is known ahead, one row "
                "for each date. A cancelled date stays in the list and says so; a moved one names "
                "when it was planned first."
            ),
            theme="EDUC",
            keywords=(_("event"), _("calendar"), _("culture"), _("leisure")),
            rhythm="HOURLY",
            every=timedelta(hours=1),
            rows="stadtkern.systems.events.datasets.rows",
            key=("id", "planned"),
            invented=True,
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="planned", title=_("Planned first for"), kind="datetime"),
                Column(slug="title", title=_("Title")),
                Column(slug="title_en", title=_("Title in English")),
                Column(slug="begins", title=_("Begins"), kind="datetime"),
                Column(slug="ends", title=_("Ends"), kind="datetime"),
                Column(slug="all_day", title=_("All day"), kind="boolean"),
                Column(slug="state", title=_("State"),
                       about=_("scheduled, moved or cancelled")),
                Column(slug="category", title=_("Interest")),
                Column(slug="venue", title=_("Venue")),
                Column(slug="district", title=_("District")),
                Column(slug="free", title=_("Free of charge"), kind="boolean"),
                Column(slug="price", title=_("Price")),
                Column(slug="audience", title=_("For whom")),
                Column(slug="accessible", title=_("Accessible without steps"), kind="boolean"),
                Column(slug="organiser", title=_("Organiser")),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
                Column(slug="slug", title=_("Last part of the address")),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
    ),
    services=(
        Service(
            slug="find",
            title=_("See what is on"),
            summary=_("Events by day, district and interest, also as a calendar to subscribe to."),
            page="events:home",
            words=_("event, calendar, concert, market, festival, course, leisure, tonight"),
        ),
        Service(
            slug="submit",
            title=_("Tell us of an event"),
            summary=_("Clubs and organisers put their dates into the city's calendar."),
            page="events:submit",
            words=_("organiser, club, announce, publish, event"),
        ),
    ),
    nav=(
        Nav(label=_("Events"), to="events:home", weight=60),
        Nav(label=_("Events"), to="events-staff:home", audience="staff", weight=60),
    ),
    permissions=(
        Permission(slug="edit", title=_("Write events")),
        Permission(slug="publish", title=_("Publish and cancel events")),
    ),
    roles=(
        Role(slug="author", title=_("Writes events"), may=("edit",)),
        Role(slug="editor", title=_("Publishes events"), may=("edit", "publish")),
    ),
    jobs=(
        Job(slug="series", title=_("Lay out the dates of series"), cron="23 2 * * *",
            run="stadtkern.systems.events.jobs.lay_out_series"),
        Job(slug="sources", title=_("Read the calendars of others"), cron="13 * * * *",
            run="stadtkern.systems.events.jobs.read_sources"),
        Job(slug="forget", title=_("Delete events that nobody confirmed"), cron="43 3 * * *",
            run="stadtkern.systems.events.jobs.forget"),
    ),
    personal_data=(
        PersonalData(
            model="events.Event",
            purpose=_("Questions to whoever told the city of an event"),
            retention=timedelta(days=180),
            erase="stadtkern.systems.events.jobs.erase_contacts",
        ),
    ),
    topics=(
        Topic(slug="new", title=_("New events"),
              about=_("Each time the city's calendar gets a new event.")),
        Topic(slug="changes", title=_("Cancelled and moved events"),
              about=_("When an event does not take place or is put off.")),
    ),
    today=(
        Today(slug="events", title=_("What is on"), page="events:home", weight=20,
              lines="stadtkern.systems.events.layers.lines"),
    ),
    pages="stadtkern.systems.events.layers.pages",
    urls={
        "public": "stadtkern.systems.events.pages",
        "staff": "stadtkern.systems.events.staff",
    },
    demo="stadtkern.systems.events.demo.fill",
)  # fmt: skip
