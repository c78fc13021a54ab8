"""The ferry: where it lands, and whether the water lets it run."""

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import (
    Legend,
    MapLayer,
    Nav,
    Observed,
    PlaceKind,
    Service,
    System,
    ThingKind,
)

level = Observed(slug="water_level", title=_("Water level"), unit="cm", decimals=0)

system = System(
    slug="ferry",
    title=_("Ferry"),
    summary=_("Where the ferry lands, and whether the water lets it run."),
    package="ferry",
    theme="mobility",
    path="faehre",
    place_kinds=(PlaceKind(slug="landing", title=_("Landing"), plural=_("Landings")),),
    thing_kinds=(ThingKind(slug="gauge", title=_("Gauge"), observes=(level,)),),
    layers=(
        MapLayer(
            slug="landings",
            title=_("Landings"),
            theme="mobility",
            pins="ferry.layers.landings",
            legend=(
                Legend(state="good", title=_("the ferry runs")),
                Legend(state="bad", title=_("high water, no ferry")),
                Legend(state="none", title=_("no current data")),
            ),
        ),
    ),
    services=(
        Service(
            slug="running",
            title=_("Does the ferry run?"),
            summary=_("The water level at the landings, now."),
            page="ferry:home",
        ),
    ),
    nav=(Nav(label=_("Ferry"), to="ferry:home"),),
    urls={"public": "ferry.pages"},
    demo="ferry.demo.fill",
)
