"""The city's own Mosquitto as a child of the tree, with a persistent configuration.

Its loss window. Mosquitto acknowledges a publisher as soon as the message is in its memory, and
writes its memory to disk every `autosave_interval` seconds and when it stops in order. What it has
acknowledged, has not yet delivered to ingest, and has not yet saved is lost when it is killed or
the machine fails: with ingest running these are the messages of the last moments (until ingest's
commit), with ingest away those of the last one to two seconds. The embedded broker has no such
window: it acknowledges after ingest's commit.
"""

import os
import pwd
import shutil
import signal
from functools import partial
from pathlib import Path

from stadtkern.site.tree.broker_setup import BrokerSetup
from stadtkern.site.tree.child import Child
from stadtkern.site.tree.handshake import leave_subscription
from stadtkern.site.tree.passwords import write_passwords
from stadtkern.site.tree.ports import port_answers
from stadtkern.site.tree.problem import ServerProblem

AUTOSAVE_EVERY = 1  # seconds


def find_mosquitto() -> str | None:
    """Distributions put it where ordinary users do not look."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    return shutil.which("mosquitto", path=path)


def mosquitto_child(setup: BrokerSetup) -> Child:
    program = find_mosquitto()
    if program is None:
        raise ServerProblem("Mosquitto is not installed: install it or choose the broker amqtt.")
    folder = setup.data.absolute() / "mosquitto"
    folder.mkdir(parents=True, exist_ok=True)
    write_passwords(folder / "passwords", setup.accounts)
    (folder / "acl").write_text(rights(setup))
    (folder / "mosquitto.conf").write_text(configuration(setup, folder))
    return Child(
        name="mqtt",
        argv=[program, "-c", str(folder / "mosquitto.conf")],
        stop_order=setup.stop_order,
        ready=partial(_ready, setup, folder),
        death_signal=signal.SIGTERM,  # it saves its memory on the way out
    )


def configuration(setup: BrokerSetup, folder: Path) -> str:
    lines = [
        f"listener {setup.port} {setup.host}",
        f"allow_anonymous {str(setup.anonymous_read).lower()}",
        f"password_file {folder / 'passwords'}",
        f"acl_file {folder / 'acl'}",
        # Root would become a user who may not read the data folder.
        f"user {pwd.getpwuid(os.geteuid()).pw_name}",
        "persistence true",
        f"persistence_location {folder}/",
        f"autosave_interval {AUTOSAVE_EVERY}",
        "max_queued_messages 1000000",
        "max_queued_bytes 0",
        # The default of 20 would leave ingest with batches of 20.
        "max_inflight_messages 1000",
        # Small packets wait 40 ms for each other else.
        "set_tcp_nodelay true",
        "persistent_client_expiration 30d",
        "max_packet_size 1000000",
        "sys_interval 0",
        "connection_messages false",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_timestamp false",
    ]
    return "\n".join([*lines, ""])


# What a network server and its gateways write; ChirpStack names a region before `gateway`.
WRITTEN = ("gateway/#", "+/gateway/#", "v1.1/#")


def rights(setup: BrokerSetup) -> str:
    """Our own account may use every topic; network servers read all, so they get downlinks.

    Only we tell them to send one. Guests read below v1.1/. Mosquitto knows no API keys.
    """
    lines = ["topic read v1.1/#"] if setup.anonymous_read else []
    for user in setup.accounts:
        lines += [f"user {user}"]
        if user == setup.ingest_user:
            lines += ["topic readwrite #"]
        else:
            written = dict.fromkeys((*setup.hold, *WRITTEN))
            lines += ["topic read #", *(f"topic write {one}" for one in written)]
    return "\n".join([*lines, ""])


def _ready(setup: BrokerSetup, folder: Path) -> bool:
    """On the first start also leaves ingest's subscription: without one Mosquitto acknowledges
    messages and throws them away."""
    if (folder / "mosquitto.db").exists():
        return port_answers(setup.port, setup.host)
    return leave_subscription(
        host=setup.host,
        port=setup.port,
        client_id=setup.ingest,
        user=setup.ingest_user,
        password=setup.accounts[setup.ingest_user],
        filters=setup.hold,
    )
