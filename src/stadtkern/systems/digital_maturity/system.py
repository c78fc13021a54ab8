"""How far each of the city's services goes online, measured by the maturity model."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Column,
    Dataset,
    Job,
    Nav,
    Permission,
    Role,
    Service,
    System,
    Tile,
)

system = System(
    slug="digital_maturity",
    title=_("Digital maturity"),
    summary=_("How far each of the city's services goes online, measured by the maturity model."),
    package="stadtkern.systems.digital_maturity",
    theme="services",
    path="reifegrad",
    tiles=(
        Tile(
            slug="online",
            title=_("Services that go online"),
            theme="services",
            weight=70,
            reading="stadtkern.systems.digital_maturity.tiles.online",
        ),
    ),
    datasets=(
        Dataset(
            slug="services",
            title=_("Digital maturity of the city's services"),
            about=_(
                "The level that each service of the catalogue reaches in the OZG maturity model, "
                "with its applications a year where they are known. A service without a level has "
                "not been measured. Levels are ranks: do not take a mean of them."
            ),
            theme="GOVE",
            keywords=(_("Online Access Act"), _("maturity"), _("online service"),
                      _("digitalisation")),
            rhythm="DAILY",
            every=timedelta(hours=6),
            rows="stadtkern.systems.digital_maturity.datasets.service_rows",
            key=("service",),
            columns=(
                Column(slug="service", title=_("Short name of the service")),
                Column(slug="title", title=_("Title")),
                Column(slug="office", title=_("Office")),
                Column(slug="yearly", title=_("Applications a year"), kind="integer"),
                Column(slug="level", title=_("Level"), kind="integer"),
                Column(slug="model", title=_("Maturity model")),
                Column(slug="stale", title=_("To be looked at again"), kind="boolean"),
                Column(slug="measured_at", title=_("Assessed"), kind="datetime"),
                Column(slug="invented", title=_("Invented for the demo"), kind="boolean"),
            ),
        ),
        Dataset(
            slug="criteria",
            title=_("Digital maturity by criterion"),
            about=_(
                "The level of every criterion of every measured service. Where the official "
                "wording of a criterion is not known, “official” is false."
            ),
            theme="GOVE",
            keywords=(_("Online Access Act"), _("maturity"), _("criterion")),
            rhythm="DAILY",
            every=timedelta(hours=6),
            rows="stadtkern.systems.digital_maturity.datasets.criterion_rows",
            key=("service", "criterion"),
            columns=(
                Column(slug="service", title=_("Short name of the service")),
                Column(slug="criterion", title=_("Number of the criterion"), kind="integer"),
                Column(slug="criterion_title", title=_("Criterion")),
                Column(slug="official", title=_("Official wording known"), kind="boolean"),
                Column(slug="level", title=_("Level"), kind="integer"),
                Column(slug="needed", title=_("Needed for this service"), kind="boolean"),
            ),
        ),
    ),
    services=(
        Service(
            slug="picture",
            title=_("See how far services go online"),
            summary=_("Which of the city's services you can do online, and what is still missing."),
            page="digital_maturity:home",
            words=_("OZG, maturity, online, digital, level, services"),
        ),
    ),
    nav=(
        Nav(label=_("Digital maturity"), to="digital_maturity:home", weight=86),
        Nav(label=_("Digital maturity"), to="digital_maturity-staff:steering", audience="staff",
            weight=66),
    ),
    permissions=(
        Permission(slug="see", title=_("See assessments and steering of digital maturity")),
        Permission(slug="assess", title=_("Assess the digital maturity of services")),
        Permission(slug="models", title=_("Edit and publish maturity models")),
    ),
    roles=(
        Role(slug="reader", title=_("Reads digital maturity"), may=("see",)),
        Role(slug="assessor", title=_("Assesses digital maturity"), may=("see", "assess")),
        Role(slug="steward", title=_("Steers digital maturity"), may=("see", "assess", "models")),
    ),
    jobs=(
        Job(
            slug="look",
            title=_("See whether measured services have changed"),
            cron="*/15 * * * *",
            run="stadtkern.systems.digital_maturity.jobs.look",
        ),
    ),
    urls={
        "public": "stadtkern.systems.digital_maturity.pages",
        "staff": "stadtkern.systems.digital_maturity.staff",
    },
    pages="stadtkern.systems.digital_maturity.found.pages",
    demo="stadtkern.systems.digital_maturity.demo.fill",
)  # fmt: skip
