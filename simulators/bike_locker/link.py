"""The connection to the city: one request waits for news, another one brings ours."""

import json
import threading
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from simulators.bike_locker.controller import Controller

WAIT, PAUSE = 15, 2.0


class Link:
    """Two threads for one controller."""

    def __init__(self, controller: Controller, base: str, stop: threading.Event) -> None:
        self.controller = controller
        self.address = f"{base}/api/bike_boxes/controllers/{controller.facility}/sync"
        self.stop = stop

    def start(self) -> None:
        for work in (self._listen, self._bring):
            threading.Thread(target=self._keep_on, args=(work,), daemon=True).start()

    def _keep_on(self, work: Any) -> None:
        while not self.stop.is_set():
            if not (self.controller.online and self.controller.power):
                self.stop.wait(0.3)
                continue
            try:
                work()
            except (HTTPError, URLError, OSError, ValueError) as error:
                print(f"{self.controller.facility}: {error}", flush=True)
                self.stop.wait(PAUSE)

    def _listen(self) -> None:
        """Wait for commands and lists."""
        self.controller.told(self._sync(self.controller.message(events=False), WAIT))

    def _bring(self) -> None:
        """Send events and answers as soon as there are any."""
        self.controller.news.wait(0.5)
        self.controller.news.clear()
        message = self.controller.message(events=True)
        if message["events"] or message["answers"]:
            news = self._sync(message, 0)
            self.controller.acknowledged(message)
            self.controller.told(news)

    def _sync(self, message: dict[str, Any], wait: int) -> dict[str, Any]:
        request = Request(  # noqa: S310  the address is the demo's own
            f"{self.address}?wait={wait}", data=json.dumps(message).encode(), method="POST",
            headers={"Authorization": f"Bearer {self.controller.key}",
                     "Content-Type": "application/json"},
        )  # fmt: skip
        with urlopen(request, timeout=wait + 30) as answer:  # noqa: S310
            told: dict[str, Any] = json.load(answer)
        self.controller.heard = self.controller.heard or self.controller.now()
        return told
