"""Faults in public data found and repaired with help of models, each step decided by a person."""

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import Job, Nav, Permission, Role, Service, System

system = System(
    slug="data_improvement",
    title=_("Better data"),
    summary=_(
        "Faults in public data found and repaired with help of models, each step decided by a "
        "person."
    ),
    package="stadtkern.systems.data_improvement",
    theme="data",
    path="bessere-daten",
    services=(
        Service(
            slug="see",
            title=_("See how the city improves its data"),
            summary=_("Which tables were corrected, what was changed, and why."),
            page="data_improvement:home",
            words=_("data quality, correction, artificial intelligence, AI, high-value data"),
        ),
    ),
    nav=(Nav(label=_("Improve data"), to="data_improvement-staff:home", audience="staff",
             weight=63),),
    permissions=(
        Permission(slug="see", title=_("See examinations of data")),
        Permission(slug="decide", title=_("Examine data, decide on proposals and apply them")),
    ),
    roles=(
        Role(slug="curator", title=_("Improves data"), may=("see", "decide")),
        Role(slug="reader", title=_("Looks at examinations of data"), may=("see",)),
    ),
    jobs=(
        Job(
            slug="forget",
            title=_("Forget old examinations that led to nothing"),
            cron="13 3 * * *",
            run="stadtkern.systems.data_improvement.jobs.forget",
        ),
    ),
    urls={
        "public": "stadtkern.systems.data_improvement.pages",
        "staff": "stadtkern.systems.data_improvement.staff",
    },
    demo="stadtkern.systems.data_improvement.demo.fill",
)  # fmt: skip
