"""Runs the embedded MQTT broker: `python -m stadtkern.site.tree.broker --help`."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg
import uvloop
from amqtt.errors import BrokerError

from stadtkern.site.tree.api_keys import ApiKeys
from stadtkern.site.tree.holding import HoldingBroker, broker_config


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m stadtkern.site.tree.broker",
        description="MQTT 3.1.1 broker. A publisher on a held topic gets its acknowledgement "
        "only after the ingest client has acknowledged the message. API keys of the database "
        "named by DATABASE_URL may post and subscribe below v1.1/.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--passwords", type=Path, required=True, help="file of user:$7$.. lines")
    parser.add_argument("--hold-for", required=True, metavar="CLIENT_ID", help="the ingest client")
    parser.add_argument("--hold-user", metavar="USER", help="the only account that may be it")
    parser.add_argument(
        "--hold",
        action="append",
        default=[],
        metavar="FILTER",
        help="topics held even while ingest is away, such as application/#; repeatable",
    )
    parser.add_argument(
        "--anonymous-read", action="store_true", help="let anybody subscribe below v1.1/"
    )
    parser.add_argument("--keys-every", type=float, default=60.0, help="seconds between looks")
    return parser.parse_args(argv)


async def serve(options: argparse.Namespace) -> None:
    keys = ApiKeys(os.environ.get("DATABASE_URL", ""))
    config = broker_config(
        host=options.host,
        port=options.port,
        passwords=options.passwords,
        ingest=options.hold_for,
        ingest_user=options.hold_user,
        anonymous=options.anonymous_read,
        keys=keys,
    )
    broker = HoldingBroker(config, options.hold_for, options.hold)
    stop = asyncio.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(kind, stop.set)
    await broker.start()
    watching = asyncio.create_task(watch_keys(broker, keys, options.keys_every))
    await stop.wait()
    watching.cancel()
    await broker.shutdown()


async def watch_keys(broker: HoldingBroker, keys: ApiKeys, every: float) -> None:
    """A key that is revoked works no longer, also where it has logged in already."""
    while True:
        await asyncio.sleep(every)
        with contextlib.suppress(psycopg.Error, TimeoutError):
            await broker.expel(keys)


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    # amqtt and asyncio report every client that hangs up in the middle.
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    options = arguments()
    if not options.passwords.is_file():
        sys.exit(f"There is no password file {options.passwords}.")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(options))
    except BrokerError as error:
        sys.exit(f"The broker does not start: {error.__cause__ or error}.")


if __name__ == "__main__":
    main()
