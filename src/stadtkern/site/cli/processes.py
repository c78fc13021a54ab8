"""`web`, `worker`, `ingest`: the processes, each of which can run any number of times."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import TYPE_CHECKING

import click

from stadtkern.site.cli import django_ready

if TYPE_CHECKING:
    from stadtkern.kernel.devices.downlinks.sender import Sender
    from stadtkern.kernel.devices.ingest.arrivals import Arrivals
    from stadtkern.kernel.devices.ingest.connections import Connections
    from stadtkern.kernel.devices.ingest.consumer import Consumer


@click.command(short_help="Answer pages and APIs.")
@click.option("--host", default="127.0.0.1", envvar="HOST", show_default=True)
@click.option("--port", default=8000, envvar="PORT", show_default=True)
def web(host: str, port: int) -> None:
    """Answer pages, APIs and live updates. Put a TLS proxy in front of it on the internet."""
    import uvicorn

    django_ready.load()
    uvicorn.run(
        "stadtkern.site.asgi:application",
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        # Thousands of charge points hold a socket each: no buffers to compress, no long messages.
        ws_per_message_deflate=False,
        ws_max_size=256 * 1024,
        ws_ping_interval=30,
        ws_ping_timeout=60,
        server_header=False,
        timeout_graceful_shutdown=3,
        lifespan="on",
        proxy_headers=True,
    )


@click.command(short_help="Do background and scheduled work.")
@click.option("--concurrency", default=2, show_default=True, help="Jobs at the same time.")
def worker(concurrency: int) -> None:
    """Deliver events to the systems and run scheduled jobs."""
    django_ready.load()
    from stadtkern.site import work

    work.run(concurrency)


@click.command(short_help="Take sensor messages into the database, and publish what changes.")
@click.option("--codec-workers", default=2, show_default=True)
def ingest(codec_workers: int) -> None:
    """Subscribe to the brokers; a message is acknowledged only after its commit.

    What came over HTTP is taken from where the web process committed it. Downlinks leave from
    here. Of all ingest processes one publishes new observations and changed entities.
    """
    django_ready.load()
    from stadtkern.kernel.devices.downlinks.sender import Sender
    from stadtkern.kernel.devices.ingest.arrivals import Arrivals
    from stadtkern.kernel.devices.ingest.batch import Ingest
    from stadtkern.kernel.devices.ingest.connections import Connections
    from stadtkern.kernel.devices.ingest.consumer import Consumer, Meter
    from stadtkern.kernel.devices.ingest.heard import Counted, Heard
    from stadtkern.kernel.devices.sandbox import CodecPool
    from stadtkern.kernel.sensorthings.live.posted import Posted
    from stadtkern.site import mqtt
    from stadtkern.site.pulse import Pulse

    meter, posted, publisher = Meter(), Posted(mqtt.api_address()), mqtt.publisher()
    heard, home = Heard(), mqtt.broker()
    with CodecPool(workers=codec_workers) as pool:
        taking = Counted(Ingest(pool), heard)
        both = mqtt.Both(taking, posted)
        consumer = Consumer(home, both, meter.add)
        beside: list[Arrivals | Connections | Sender | Consumer] = [
            Arrivals(taking, meter.add),
            Connections(
                taking, meter.add, heard, base=home.client_id, home=lambda: consumer.problem
            ),
            Sender(home),
        ]
        if posts := mqtt.posts():
            beside.append(Consumer(posts, both, meter.add))
        _stop_on_signal(consumer.stop)
        pulse = Pulse("ingest", lambda: mqtt.told(meter, posted, publisher))
        threading.Thread(target=pulse.keep, daemon=True).start()
        with publisher or nullcontext(), _running(*beside):
            consumer.run()


@contextmanager
def _running(*parts: "Arrivals | Connections | Sender | Consumer") -> Iterator[None]:
    """Run these beside us in threads; they have ended when this is left."""
    threads = [threading.Thread(target=part.run, daemon=True) for part in parts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for part in parts:
            part.stop()
        for thread in threads:
            thread.join(12)


def _stop_on_signal(stop: Callable[[], None]) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
