"""The flood mode for benchmarks: many uplinks, and how many the broker acknowledged a second."""

import itertools
import time
from collections.abc import Callable

from simulators.sensors.fleet import Device, Group
from simulators.sensors.formats import (
    Frame,
    bosch_tps110,
    decentlab_dl_pm,
    lpp_gps,
    milesight_em300_th,
    milesight_vs133,
)
from simulators.sensors.link import Link

MOST_WAITING = 2000

SAMPLES: dict[str, Callable[[int], Frame]] = {
    "bosch-tps110": lambda n: bosch_tps110(occupied=n % 2),
    "milesight-em300-th": lambda n: milesight_em300_th(temperature=n % 300 / 10, humidity=n % 100),
    "lpp-gps": lambda n: lpp_gps(longitude=7.2 + n % 100 / 2000, latitude=51.54),
    "milesight-vs133": lambda n: milesight_vs133(line_1_total_in=n, line_1_total_out=n // 2),
    "decentlab-dl-pm": lambda n: decentlab_dl_pm(
        pm1_0=5, pm2_5=8, pm4=9, pm10=n % 500 / 10, temperature=12, humidity=70, pressure=100_800
    ),
}


def flood(
    groups: tuple[Group, ...],
    link: Link,
    event: Callable[[Device, Frame], tuple[str, bytes]],
    count: int,
    rate: float = 0,
) -> float:
    """Sends `count` uplinks, `rate` a second or as fast as they go; returns acknowledged/s."""
    devices = itertools.cycle([device for group in groups for device in group.devices])
    began = time.monotonic()
    for number, device in zip(range(count), devices, strict=False):
        if rate and link.stop.wait(max(0.0, began + number / rate - time.monotonic())):
            break
        if link.stop.is_set():
            break
        link.publish(*event(device, SAMPLES[device.format](number)), most_waiting=MOST_WAITING)
    link.settle(30)
    return link.acknowledged / (time.monotonic() - began)
