"""The rows of the network's open data: gateways, and hexagons of measured coverage."""

from collections.abc import Iterator
from typing import Any

from stadtkern.kernel.devices.coverage import cells, signal
from stadtkern.systems.lorawan_network import layers, logic

Row = dict[str, Any]


def gateway_rows() -> Iterator[Row]:
    """The city's own gateways at public places."""
    for one in logic.gateways():
        yield {
            "id": str(one.place.public_id),
            "name": one.place.name,
            "state": layers.text_of(one),
            "messages_24h": one.day,
            "last_heard": one.last_seen,
            "source": one.place.source,
            "invented": one.place.invented,
            "geometry": one.place.geometry,
        }


def coverage_rows() -> Iterator[Row]:
    """Hexagons from which something was heard."""
    invented = any(one.place.invented for one in logic.gateways())
    for one in logic.measured():
        yield {
            "cell": one.name,
            "reception": str(signal.TITLES.get(one.state, "")),
            "rssi_best": one.rssi,
            "snr_best": one.snr,
            "rssi_median": round(one.middle_rssi, 1),
            "snr_median": round(one.middle_snr, 1),
            "measurements": one.heard,
            "too_few": one.few,
            "gateways": one.gateways,
            "last_heard": one.last,
            "invented": invented,
            "geometry": cells.outline(one.cell),
        }
