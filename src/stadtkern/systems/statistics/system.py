"""The city in tables and charts: people, social life, work."""

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import Nav, Permission, Role, Service, System, Tile

system = System(
    slug="statistics",
    title=_("Statistics"),
    summary=_("The city in tables and charts: people, social life, work."),
    package="stadtkern.systems.statistics",
    theme="data",
    path="statistik",
    settings="stadtkern.systems.statistics.settings.StatisticsSettings",
    tiles=(
        Tile(
            slug="inhabitants",
            title=_("Inhabitants"),
            theme="city",
            weight=70,
            reading="stadtkern.systems.statistics.layers.inhabitants_tile",
        ),
    ),
    services=(
        Service(
            slug="tables",
            title=_("Statistics of the city"),
            summary=_("Inhabitants, age, elections, vehicles: tables, charts and maps."),
            page="statistics:home",
            words=_("statistics, population, inhabitants, age, election, vehicles, figures, HiTS"),
        ),
    ),
    nav=(
        Nav(label=_("Statistics"), to="statistics:home", weight=55),
        Nav(label=_("Statistics"), to="statistics-staff:tables", audience="staff", weight=55),
    ),
    permissions=(
        Permission(slug="edit", title=_("Import and change statistical tables")),
        Permission(slug="publish", title=_("Publish and withdraw statistical tables")),
    ),
    roles=(Role(slug="office", title=_("Statistics office"), may=("edit", "publish")),),
    urls={
        "public": "stadtkern.systems.statistics.pages",
        "staff": "stadtkern.systems.statistics.staff",
        "api": "stadtkern.systems.statistics.api",
    },
    checks=("stadtkern.systems.statistics.logic.checks.check_area",),
    pages="stadtkern.systems.statistics.found.pages",
    demo="stadtkern.systems.statistics.demo.fill",
)
