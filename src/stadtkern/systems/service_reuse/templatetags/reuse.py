"""Steps as badges, amounts in euros, and the costs of options as bars."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.contract import State
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.service_reuse import lists
from stadtkern.systems.service_reuse.costs import Total
from stadtkern.systems.service_reuse.models import OUTCOMES

WIDTH, LEFT, ROW = 640, 150, 46

register = template.Library()
register.filter("say", lists.say)


@register.filter
def step_state(step: str) -> State:
    """Good where people use it, tight while it is under way."""
    found: dict[str, State] = {"live": "good", "retired": "none", "candidate": "none",
                               "assessed": "info"}  # fmt: skip
    return found.get(step, "tight")


@register.filter
def verdict_state(verdict: str) -> State:
    """Met, not met, open, does not apply."""
    found: dict[str, State] = {"yes": "good", "no": "bad", "unneeded": "none"}
    return found.get(verdict, "info")


@register.filter
def euros(cents: int | None) -> str:
    """`1.234,50 €`; whole euros from a hundred on."""
    if cents is None:
        return _("not known")
    return f"{figure(cents / 100, 0 if cents >= 10_000 else 2)} €"


@register.filter
def span(pair: Any) -> str:
    """`1.000 bis 2.000 €`, or one amount where both are the same."""
    if not pair or pair[0] is None or pair[1] is None:
        return _("not known")
    if pair[0] == pair[1]:
        return euros(pair[0])
    return _("%(low)s to %(high)s") % {"low": euros(pair[0]), "high": euros(pair[1])}


@register.filter
def both(total: Total) -> str:
    """The sum of an option from low to high."""
    return span((total.low, total.high))


@register.filter
def option_name(name: str) -> str:
    """What an option is called."""
    return str(OUTCOMES.get(name, name))


@register.filter
def at(found: Mapping[Any, Any], key: Any) -> Any:
    """What stands under this key."""
    return found.get(key) if found else None


@register.filter
def named(service: Service) -> str:
    """The service's title in the reader's language."""
    return (service.title_en if get_language() == "en" else "") or service.title


@register.inclusion_tag("service_reuse/costs.html")
def cost_chart(totals: Mapping[str, Total], years: int) -> dict[str, Any]:
    """One bar for each option: what is sure is full, what may come on top is hatched."""
    most = max((one.high for one in totals.values()), default=0) or 1
    scale = (WIDTH - LEFT - 10) / most
    rows = [
        {
            "name": option_name(name), "y": at * ROW, "text_y": at * ROW + 20,
            "sure": round(one.low * scale, 1), "more": round((one.high - one.low) * scale, 1),
            "more_x": round(LEFT + one.low * scale, 1), "said": both(one), "said_y": at * ROW + 40,
            "unknown": one.unknown,
        }
        for at, (name, one) in enumerate(totals.items())
    ]  # fmt: skip
    summary = "; ".join(f"{row['name']}: {row['said']}" for row in rows)
    return {"rows": rows, "summary": summary, "width": WIDTH, "left": LEFT, "years": years,
            "height": len(rows) * ROW + 4}  # fmt: skip
