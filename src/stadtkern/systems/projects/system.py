"""What the city is building and trying out, on a map and in a list; and what investors ask."""

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
    PlaceKind,
    Role,
    Service,
    System,
    Tile,
)

system = System(
    slug="projects",
    title=_("Projects"),
    summary=_("What the city is building and trying out, on a map and in a list."),
    package="stadtkern.systems.projects",
    theme="city",
    path="projekte",
    place_kinds=(
        PlaceKind(slug="location", title=_("Project place"), plural=_("Project places")),
    ),
    layers=(
        MapLayer(
            slug="locations",
            title=_("City projects"),
            theme="city",
            weight=60,
            pins="stadtkern.systems.projects.layers.pins",
            shown=False,
            legend=(
                Legend(state="good", title=_("running")),
                Legend(state="info", title=_("planned")),
                Legend(state="tight", title=_("paused")),
                Legend(state="none", title=_("idea or finished")),
            ),
        ),
    ),
    tiles=(
        Tile(
            slug="running",
            title=_("City projects"),
            theme="city",
            weight=60,
            reading="stadtkern.systems.projects.layers.projects_tile",
        ),
    ),
    datasets=(
        Dataset(
            slug="projects",
            title=_("Projects of the city"),
            about=_(
                "What the city is building and trying out: theme, status, dates, partners and "
                "places. A project that concerns the whole city, or whose place is not known "
                "exactly, has no position."
            ),
            theme="GOVE",
            keywords=(_("project"), _("city development"), _("Smart City"), _("digitalisation")),
            rhythm="DAILY",
            every=timedelta(hours=1),
            rows="stadtkern.systems.projects.datasets.project_rows",
            key=("id",),
            columns=(
                Column(slug="id", title=_("Identifier")),
                Column(slug="title", title=_("Title")),
                Column(slug="title_en", title=_("Title in English")),
                Column(slug="summary", title=_("Short text")),
                Column(slug="summary_en", title=_("Short text in English")),
                Column(slug="status", title=_("Status of the project")),
                Column(slug="themes", title=_("Themes")),
                Column(slug="begins", title=_("Begins")),
                Column(slug="ends", title=_("Ends")),
                Column(slug="citywide", title=_("Whole city"), kind="boolean"),
                Column(slug="places", title=_("Places")),
                Column(slug="partners", title=_("Partners")),
                Column(slug="office", title=_("Contact office")),
                Column(slug="source", title=_("Source")),
                Column(slug="position_source", title=_("Source of the position")),
                Column(slug="changed_at", title=_("Changed"), kind="datetime"),
                Column(slug="geometry", title=_("Position"), kind="geometry"),
            ),
        ),
        Dataset(
            slug="indicators",
            title=_("Figures of the city's projects"),
            about=_(
                "Dated figures of the projects with unit, definition and source. Where the source "
                "names no date, the date is empty."
            ),
            theme="GOVE",
            keywords=(_("project"), _("indicator"), _("figure")),
            rhythm="DAILY",
            every=timedelta(hours=1),
            rows="stadtkern.systems.projects.datasets.indicator_rows",
            key=("project", "indicator", "as_of", "number"),
            columns=(
                Column(slug="project", title=_("Project")),
                Column(slug="indicator", title=_("Figure")),
                Column(slug="indicator_en", title=_("Figure in English")),
                Column(slug="as_of", title=_("As of")),
                Column(slug="number", title=_("Number"), kind="integer"),
                Column(slug="about", title=_("Before the value")),
                Column(slug="value", title=_("Value"), kind="number"),
                Column(slug="unit", title=_("Unit")),
                Column(slug="definition", title=_("What it means")),
                Column(slug="source", title=_("Source")),
            ),
        ),
    ),
    services=(
        Service(
            slug="find",
            title=_("See what the city is planning"),
            summary=_("All projects of the city in a list and on a map, with status and partners."),
            page="projects:home",
            words=_("project, plan, building, construction, Smart City, funding, map"),
        ),
        Service(
            slug="business",
            title=_("Invest and settle"),
            summary=_("Sites for business, figures about the city, and whom to ask."),
            page="projects:business",
            words=_("business, company, investor, site, settlement, ranking, location"),
        ),
    ),
    nav=(
        Nav(label=_("Projects"), to="projects:home", weight=80),
        Nav(label=_("City projects"), to="projects-staff:projects", audience="staff", weight=80),
        Nav(label=_("Business and sites"), to="projects-staff:business", audience="staff",
            weight=81),
    ),
    permissions=(
        Permission(slug="edit", title=_("Write projects of the city")),
        Permission(slug="publish", title=_("Publish projects of the city")),
    ),
    roles=(
        Role(slug="author", title=_("Writes about projects"), may=("edit",)),
        Role(slug="editor", title=_("Publishes projects"), may=("edit", "publish")),
    ),
    jobs=(
        Job(
            slug="keep-time",
            title=_("Publish and withdraw projects on time"),
            cron="* * * * *",
            run="stadtkern.systems.projects.jobs.keep_time",
        ),
    ),
    urls={
        "public": "stadtkern.systems.projects.pages",
        "staff": "stadtkern.systems.projects.staff",
    },
    pages="stadtkern.systems.projects.found.pages",
    demo="stadtkern.systems.projects.demo.fill",
)  # fmt: skip
