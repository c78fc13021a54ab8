"""Online services that others have built (EfA): found, weighed up, connected."""

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
)

system = System(
    slug="service_reuse",
    title=_("Services of others"),
    summary=_("Online services that others have built (EfA): found, weighed up, connected."),
    package="stadtkern.systems.service_reuse",
    theme="services",
    path="nachnutzung",
    datasets=(
        Dataset(
            slug="register",
            title=_("Services of others that the city uses or has looked at"),
            about=_(
                "Online services built elsewhere that could serve people in the city: who made "
                "them, how far the city is with them, and what was decided."
            ),
            theme="GOVE",
            keywords=(_("one for all"), _("reuse"), _("online service")),
            rhythm="DAILY",
            every=timedelta(hours=6),
            rows="stadtkern.systems.service_reuse.datasets.rows",
            key=("service", "title"),
            columns=(
                Column(slug="service", title=_("Short name of the service")),
                Column(slug="title", title=_("Name")),
                Column(slug="made_by", title=_("Made by")),
                Column(slug="step", title=_("How far the city is")),
                Column(slug="outcome", title=_("What was decided")),
                Column(slug="decided_at", title=_("Decided"), kind="datetime"),
                Column(slug="review_on", title=_("Looked at again on"), kind="date"),
                Column(slug="source", title=_("Source")),
                Column(slug="invented", title=_("Invented for the demo"), kind="boolean"),
            ),
        ),
    ),
    services=(
        Service(
            slug="list",
            title=_("See which services of others the city uses"),
            summary=_("Online services built elsewhere: which are used here, which not, and why."),
            page="service_reuse:home",
            words=_("EfA, one for all, reuse, online service, state, decision"),
        ),
    ),
    nav=(
        Nav(label=_("Services of others"), to="service_reuse:home", weight=87),
        Nav(label=_("Services of others"), to="service_reuse-staff:register", audience="staff",
            weight=67),
    ),
    permissions=(
        Permission(slug="see", title=_("See the register of services of others")),
        Permission(slug="edit", title=_("Keep the register of services of others")),
        Permission(slug="decide", title=_("Decide on reuse and bring services of others live")),
    ),
    roles=(
        Role(slug="reader", title=_("Reads the register of services of others"), may=("see",)),
        Role(slug="keeper", title=_("Keeps the register of services of others"),
             may=("see", "edit")),
        Role(slug="decider", title=_("Decides on reuse"), may=("see", "edit", "decide")),
    ),
    jobs=(
        Job(
            slug="stuck",
            title=_("Give up tries of connections that nobody finished"),
            cron="20 * * * *",
            run="stadtkern.systems.service_reuse.jobs.give_up",
        ),
    ),
    urls={
        "public": "stadtkern.systems.service_reuse.pages",
        "staff": "stadtkern.systems.service_reuse.staff",
    },
    checks=("stadtkern.systems.service_reuse.checking.problems",),
    demo="stadtkern.systems.service_reuse.demo.fill",
)  # fmt: skip
