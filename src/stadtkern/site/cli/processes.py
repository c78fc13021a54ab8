"""`web`, `worker`, `ingest`: the processes, each of which can run any number of times."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

import click

from stadtkern.site.cli import django_ready


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
        ws="none",
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


@click.command(short_help="Take sensor messages into the database.")
@click.option("--codec-workers", default=2, show_default=True)
def ingest(codec_workers: int) -> None:
    """Subscribe to the broker; a message is acknowledged only after its commit."""
    django_ready.load()
    from stadtkern.kernel import registry
    from stadtkern.kernel.devices.ingest.batch import Ingest
    from stadtkern.kernel.devices.ingest.consumer import CLIENT_ID, Broker, Consumer, Meter
    from stadtkern.kernel.devices.sandbox import CodecPool
    from stadtkern.site.pulse import Pulse

    mqtt = registry.city().mqtt
    broker = Broker(
        host=os.environ.get("STADTKERN_MQTT_HOST", mqtt.host),
        port=int(os.environ.get("STADTKERN_MQTT_PORT", mqtt.port)),
        user=mqtt.user,
        password=os.environ.get(mqtt.password_env, ""),
        topics=mqtt.topics,
        client_id=os.environ.get("STADTKERN_INGEST_ID", CLIENT_ID),
    )
    meter = Meter()
    with CodecPool(workers=codec_workers) as pool:
        consumer = Consumer(broker, Ingest(pool), meter.add)
        _stop_on_signal(consumer.stop)
        pulse = Pulse("ingest", lambda: dict(meter.totals))
        threading.Thread(target=pulse.keep, daemon=True).start()
        consumer.run()


def _stop_on_signal(stop: Callable[[], None]) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
