"""A quarter's shared van: it drives tours by day, charges under its carport, and tells its battery.

Its box speaks OGC SensorThings: it looks for the datastream of its battery by the van's name, and
posts an observation with the demo's key.
"""

import asyncio
import json
import random
from datetime import UTC, datetime
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

EVERY = 120.0
BASE = "/api/sensorthings/v1.1"
ZONE = ZoneInfo("Europe/Berlin")
# Per cent of the battery in an hour: a tour of the quarter takes it, the carport gives it back.
DRIVES, CHARGES = 11.0, 9.0
FIRST, LAST = 8, 19
EMPTY, FULL = 12.0, 100.0


class Vehicle:
    """One van; `charge` in per cent."""

    def __init__(self, name: str, base: str, key: str, charge: float = 80.0) -> None:
        self.name, self.base, self.key, self.charge = name, base, key, charge
        self.rng = random.Random(name)
        self.away = False

    def run(self, seconds: float, hour: int) -> None:
        """So many seconds at this hour of the day."""
        if self.away:
            self.away = self.charge > EMPTY and self.rng.random() > seconds / 3600
        else:
            by_day = FIRST <= hour < LAST and self.charge > 40
            self.away = by_day and self.rng.random() < seconds / 7200
        change = -DRIVES if self.away else CHARGES
        self.charge = min(max(self.charge + change * seconds / 3600, EMPTY), FULL)

    async def live(self) -> None:
        """Drive and tell, whether the city answers or not."""
        while True:
            try:
                await asyncio.to_thread(self.tell)
            except (URLError, OSError, KeyError, IndexError, ValueError) as error:
                print(f"{self.name}: {type(error).__name__}", flush=True)
            await asyncio.sleep(EVERY)
            self.run(EVERY, datetime.now(ZONE).hour)

    def tell(self) -> None:
        """One observation."""
        stream = self.stream()
        self.ask(f"/Datastreams({stream})/Observations", {
            "phenomenonTime": datetime.now(UTC).isoformat(timespec="seconds"),
            "result": round(self.charge),
        })  # fmt: skip

    def stream(self) -> int:
        """The datastream of its battery: the only one of the thing with its name."""
        wanted = quote(f"Thing/name eq '{self.name}'")
        found = self.ask(f"/Datastreams?$filter={wanted}&$select=@iot.id&$top=1")
        return int(found["value"][0]["@iot.id"])

    def ask(self, path: str, told: dict[str, Any] | None = None) -> Any:
        """The JSON of the city's answer; POST where something is told."""
        body = None if told is None else json.dumps(told).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        request = Request(  # noqa: S310  the address is the demo's own
            self.base + BASE + path, data=body, headers=headers
        )
        with urlopen(request, timeout=20) as answer:  # noqa: S310
            content = answer.read()
        return json.loads(content) if content else None
