"""Open data of the city: find it, look at it, take it along."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Job,
    Nav,
    Permission,
    PersonalData,
    Role,
    Service,
    System,
    Tile,
)

system = System(
    slug="open_data",
    title=_("Open data"),
    summary=_("Open data of the city: find it, look at it, take it along."),
    package="stadtkern.systems.open_data",
    theme="data",
    path="data",
    tiles=(
        Tile(
            slug="datasets",
            title=_("Published datasets"),
            theme="data",
            weight=40,
            reading="stadtkern.systems.open_data.layers.datasets_tile",
        ),
    ),
    services=(
        Service(
            slug="find",
            title=_("Find open data"),
            summary=_("Data of the city to look at, to download and to use in programs."),
            page="open_data:home",
            words=_("dataset, download, CSV, Excel, map data, GeoJSON, API, statistics, licence"),
        ),
        Service(
            slug="wish",
            title=_("Wish for data"),
            summary=_("Tell the city which data you miss, and support the wishes of others."),
            page="open_data:wishes",
            words=_("request, missing data, freedom of information"),
        ),
    ),
    nav=(
        Nav(label=_("Data"), to="open_data:home", weight=70),
        Nav(label=_("Datasets"), to="open_data-staff:datasets", audience="staff", weight=60),
        Nav(label=_("Harvesting"), to="open_data-staff:sources", audience="staff", weight=61),
        Nav(label=_("Letters about data"), to="open_data-staff:letters", audience="staff",
            weight=62),
    ),
    permissions=(Permission(slug="answer", title=_("Answer letters about data")),),
    roles=(Role(slug="answers", title=_("Answers about open data"), may=("answer",)),),
    jobs=(
        Job(
            slug="visits",
            title=_("Count which datasets are used most"),
            cron="12 * * * *",
            run="stadtkern.systems.open_data.jobs.count_visits",
        ),
    ),
    personal_data=(
        PersonalData(
            model="open_data.Letter",
            purpose=_("Answer what a person wrote about the data of the city"),
            retention=timedelta(days=180),
            erase="stadtkern.systems.open_data.logic.erase_letters",
        ),
        PersonalData(
            model="open_data.Support",
            purpose=_("Count a supporter of a wish once, and refuse floods of letters"),
            retention=timedelta(days=30),
            erase="stadtkern.systems.open_data.logic.erase_supports",
        ),
    ),
    urls={
        "public": "stadtkern.systems.open_data.pages",
        "staff": "stadtkern.systems.open_data.staff",
    },
    checks=("stadtkern.systems.open_data.publishing.problems.check_datasets",),
    demo="stadtkern.systems.open_data.demo.fill",
)  # fmt: skip
