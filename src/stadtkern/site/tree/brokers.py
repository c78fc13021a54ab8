"""Chooses the MQTT broker of the tree."""

import sys
from collections.abc import Callable
from functools import partial

from stadtkern.site.tree.broker_setup import BrokerSetup
from stadtkern.site.tree.child import Child
from stadtkern.site.tree.mosquitto import find_mosquitto, mosquitto_child
from stadtkern.site.tree.passwords import write_passwords
from stadtkern.site.tree.ports import port_answers
from stadtkern.site.tree.problem import ServerProblem


def choose_broker(setting: str) -> Callable[[BrokerSetup], Child]:
    """`amqtt`, `mosquitto`, or `auto`: Mosquitto where it is installed."""
    if setting == "mosquitto" or (setting == "auto" and find_mosquitto()):
        return mosquitto_child
    if setting in ("auto", "amqtt"):
        return amqtt_child
    raise ServerProblem(f"The broker is auto, amqtt or mosquitto, not {setting!r}.")


def amqtt_child(setup: BrokerSetup) -> Child:
    passwords = setup.data.absolute() / "amqtt" / "passwords"
    write_passwords(passwords, setup.accounts)
    argv = [sys.executable, "-m", "stadtkern.site.tree.broker"]
    argv += ["--host", setup.host, "--port", str(setup.port), "--passwords", str(passwords)]
    argv += ["--hold-for", setup.ingest, "--hold-user", setup.ingest_user]
    argv += ["--anonymous-read"] if setup.anonymous_read else []
    return Child(
        name="mqtt",
        argv=[*argv, *(f"--hold={topic_filter}" for topic_filter in setup.hold)],
        env={"DATABASE_URL": setup.database} if setup.database else {},
        stop_order=setup.stop_order,
        ready=partial(port_answers, setup.port, setup.host),
    )
