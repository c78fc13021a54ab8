"""Which benefits may fit, and one application for all of them."""

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import Nav, Permission, Role, Service, System

system = System(
    slug="social_benefits",
    title=_("Social benefits"),
    summary=_("Which benefits may fit, and one application for all of them."),
    package="stadtkern.systems.social_benefits",
    theme="services",
    path="sozialleistungen",
    services=(
        Service(
            slug="finder", title=_("Find social benefits"), page="social_benefits:finder",
            summary=_("A few questions without your name: which benefits may fit you."),
            words=_("money, rent, housing benefit, basic income support, children, debts, help"),
        ),
    ),
    nav=(
        Nav(label=_("Social benefits"), to="social_benefits:home", weight=46),
        Nav(label=_("Social benefits"), to="social_benefits-staff:home", audience="staff",
            weight=46),
    ),
    permissions=(
        Permission(slug="see_figures", title=_("See figures and rules of social benefits")),
    ),
    roles=(Role(slug="steering", title=_("Steers social benefits"), may=("see_figures",)),),
    pages="stadtkern.systems.social_benefits.pages.reading.pages",
    urls={
        "public": "stadtkern.systems.social_benefits.pages",
        "staff": "stadtkern.systems.social_benefits.staff",
    },
    demo="stadtkern.systems.social_benefits.demo.fill",
)  # fmt: skip
