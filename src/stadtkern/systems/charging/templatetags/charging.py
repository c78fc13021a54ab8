"""Plugs, power, prices and statuses, as pages write them."""

from django import template

from stadtkern.kernel.payments.words import euros
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.charging.layers import kilowatt, text_of, word_of
from stadtkern.systems.charging.logic import prices
from stadtkern.systems.charging.logic.reading import Point
from stadtkern.systems.charging.models import STATUSES, Connector, Tariff
from stadtkern.systems.charging.words import PLUGS, hours

register = template.Library()
register.filter("euros", euros)
register.filter("kilowatt", kilowatt)
register.filter("state_word", word_of)
register.filter("open_hours", hours)
register.filter("station_text", text_of)


@register.filter
def plug(connector: Connector) -> str:
    """`Typ 2, 22 kW`."""
    name = PLUGS.get(connector.standard, connector.standard)
    return f"{name}, {kilowatt(connector.max_watt)}\N{NO-BREAK SPACE}kW"


@register.filter
def status_word(point: Point) -> str:
    """The status of a point in words."""
    return str(STATUSES[point.status])


@register.filter
def price_lines(tariff: Tariff) -> list[str]:
    """The prices of a tariff in words."""
    return prices.lines(tariff)


@register.filter
def one_decimal(value: float) -> str:
    """`8,9`."""
    return figure(value, 1)
