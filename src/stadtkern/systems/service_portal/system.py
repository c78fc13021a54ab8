"""What the city does for you: find it, apply, follow it, from one account."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Column,
    Dataset,
    Nav,
    Permission,
    PersonalData,
    Role,
    Service,
    System,
)

SEE, WORK, DECIDE, APPROVE = "see", "work", "decide", "approve"
FORMS, PUBLISH, SERVICES, BACK_OFFICES = "forms", "publish", "services", "back_offices"

PACKAGE = "stadtkern.systems.service_portal"

system = System(
    slug="service_portal",
    title=_("Services"),
    summary=_("What the city does for you: find it, apply, follow it, from one account."),
    package="stadtkern.systems.service_portal",
    theme="services",
    path="dienstleistungen",
    permissions=(
        Permission(slug=SEE, title=_("See cases")),
        Permission(slug=WORK, title=_("Work on cases: ask, write, assign")),
        Permission(slug=DECIDE, title=_("Prepare and give decisions")),
        Permission(slug=APPROVE, title=_("Check decisions of others (four eyes)")),
        Permission(slug=FORMS, title=_("Edit forms")),
        Permission(slug=PUBLISH, title=_("Publish forms")),
        Permission(slug=SERVICES, title=_("Edit the catalogue of services")),
        Permission(slug=BACK_OFFICES, title=_("Connect back offices")),
    ),
    roles=(
        Role(slug="clerk", title=_("Clerk"), may=(SEE, WORK, DECIDE)),
        Role(slug="head", title=_("Head of an office"), may=(SEE, WORK, DECIDE, APPROVE)),
        Role(slug="editor", title=_("Editor of services and forms"), may=(FORMS, SERVICES)),
        Role(slug="publisher", title=_("Publisher of forms"), may=(FORMS, PUBLISH, SERVICES)),
        Role(slug="integrator", title=_("Connections to back offices"), may=(BACK_OFFICES,)),
    ),
    nav=(
        Nav(label=_("City services"), to="service_portal:home", weight=10),
        Nav(label=_("Cases"), to="service_portal-staff:desk", audience="staff", weight=35),
        Nav(label=_("Forms"), to="service_portal-staff:forms", audience="staff", weight=36),
        Nav(
            label=_("Catalogue of services"),
            to="service_portal-staff:services",
            audience="staff",
            weight=36,
        ),
        Nav(
            label=_("Back offices"),
            to="service_portal-staff:back-offices",
            audience="staff",
            weight=37,
        ),
    ),
    services=(
        Service(
            slug="find",
            title=_("Find a city service"),
            summary=_("Identity card, moving house, benefits, car: what you need and how it goes."),
            page="service_portal:home",
            words=_("office, application, form, town hall, authority, registration, certificate"),
        ),
    ),
    pages=f"{PACKAGE}.found.pages",
    datasets=(
        Dataset(
            slug="services",
            title=_("Services of the city"),
            about=_(
                "What the city does for people and companies, who is responsible, and how far each "
                "service really goes online. Also as XZuFi: /api/service_portal/xzufi.xml"
            ),
            theme="GOVE",
            keywords=(_("service"), _("administration"), _("online service")),
            rhythm="DAILY",
            rows=f"{PACKAGE}.datasets.service_rows",
            key=("slug",),
            columns=(
                Column(slug="slug", title=_("Identifier")),
                Column(slug="title", title=_("Name")),
                Column(slug="title_en", title=_("Name in English")),
                Column(slug="summary", title=_("In short")),
                Column(slug="leika", title=_("Official key (LeiKa), empty where not known")),
                Column(
                    slug="reach",
                    title=_("How far it goes online"),
                    about=_("online: from beginning to end; form: in part; information: described"),
                ),
                Column(slug="citizens", title=_("For people"), kind="boolean"),
                Column(slug="companies", title=_("For companies"), kind="boolean"),
                Column(
                    slug="level", title=_("Level of trust that it needs (0 to 4)"), kind="integer"
                ),
                Column(slug="situations", title=_("Life situations")),
                Column(slug="department", title=_("Responsible office")),
                Column(slug="changed", title=_("Changed"), kind="datetime"),
                Column(slug="invented", title=_("Invented for a demo"), kind="boolean"),
            ),
        ),
    ),
    personal_data=(
        PersonalData(
            model="cases.Case",
            purpose=_("To work on applications; each has a day of its own, by form and outcome"),
            retention=timedelta(0),
            erase="stadtkern.kernel.cases.retention.erase",
        ),
        PersonalData(
            model="cases.Permit",
            purpose=_("To prove permits while they hold, and a year longer"),
            retention=timedelta(days=365),
            erase="stadtkern.kernel.cases.retention.forget_holders",
        ),
    ),
    checks=(f"{PACKAGE}.checking.problems", f"{PACKAGE}.checking.scanner"),
    demo=f"{PACKAGE}.demo.fill",
    urls={
        "public": "stadtkern.systems.service_portal.pages",
        "staff": "stadtkern.systems.service_portal.staff",
        "api": "stadtkern.systems.service_portal.api",
    },
)
