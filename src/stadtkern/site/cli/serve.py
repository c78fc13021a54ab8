"""`serve` and `demo`: the whole city in one tree of processes."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import click

from stadtkern.kernel import city as city_file
from stadtkern.kernel.city import City
from stadtkern.site.cli import outside
from stadtkern.site.tree.broker_setup import BrokerSetup
from stadtkern.site.tree.brokers import choose_broker
from stadtkern.site.tree.mosquitto import mosquitto_child
from stadtkern.site.tree.ports import free_port, require_port
from stadtkern.site.tree.postgres import EmbeddedPostgres
from stadtkern.site.tree.problem import ServerProblem
from stadtkern.site.tree.processes import Child, Service, Tree

INGEST_CLIENT = "stadtkern-ingest"
NETWORK_SERVER = "network-server"
DEMO_FILE = "demo.json"
# The same for the simulators, which start before everything is ready.
TOLD = "demo-simulators.json"


def say(line: str) -> None:
    """A line of progress for the person at the terminal."""
    click.echo(line, err=True)


@dataclass(kw_only=True)
class Plan:
    """What one run of the tree needs to know."""

    city: City
    data: Path
    host: str
    port: int
    demo: bool = False
    env: dict[str, str] = field(default_factory=dict)
    mqtt_port: int = 0
    accounts: dict[str, str] = field(default_factory=dict)
    contracts: dict[str, outside.Contract] = field(default_factory=dict)


@click.command(short_help="Run the whole city in one tree of processes.")
@click.option("--host", default="127.0.0.1", envvar="HOST", show_default=True)
@click.option("--port", default=8000, envvar="PORT", show_default=True)
def serve(host: str, port: int) -> None:
    """Run database, broker, web, worker and ingest; Ctrl-C stops them all."""
    run(host, port, demo=False)


@click.command(short_help="Run the demo city with simulated sensors.")
@click.option("--host", default="127.0.0.1", envvar="HOST", show_default=True)
@click.option("--port", default=8000, envvar="PORT", show_default=True)
def demo(host: str, port: int) -> None:
    """Like `serve`, with the demo city's data, log-ins and a sensor simulator."""
    run(host, port, demo=True)


def run(host: str, port: int, *, demo: bool) -> None:
    """Plan, start, and watch the tree until it is told to stop."""
    city = city_file.read(city_file.path_from_environment())
    data = Path(os.environ.get("STADTKERN_DATA", "var")).resolve()
    require_port(port, host)
    plan = Plan(city=city, data=data, host=host, port=port, demo=demo)
    plan.env = {
        "STADTKERN_DATA": str(data),
        "STADTKERN_CITY": str(city_file.path_from_environment()),
        "STADTKERN_ADDRESS": base_url(plan),
    }
    services = [] if os.environ.get("DATABASE_URL") else [_postgres(plan)]
    _broker_accounts(plan)
    if demo:
        _contracts(plan)
    tree = Tree(
        data,
        _children(plan),
        services=services,
        before_start=_preparations(plan),
        on_ready=partial(_ready, plan),
        report=say,
    )
    tree.run()


def _postgres(plan: Plan) -> Service:
    server = EmbeddedPostgres(plan.data, report=say)
    plan.env["DATABASE_URL"] = server.url
    return server


def _broker_accounts(plan: Plan) -> None:
    """Passwords for the embedded broker, made once; the city's own broker brings its own."""
    mqtt = plan.city.mqtt
    if mqtt.broker == "own":
        return
    plan.mqtt_port = free_port(mqtt.port, mqtt.host)
    path = plan.data / "mqtt.json"
    _make_folder(plan.data)
    if not path.exists():
        made = {name: secrets.token_urlsafe(18) for name in (mqtt.user, NETWORK_SERVER)}
        write_private(path, json.dumps(made))
    plan.accounts = json.loads(path.read_text(encoding="utf-8"))
    plan.env |= {
        "STADTKERN_MQTT_HOST": mqtt.host,
        "STADTKERN_MQTT_PORT": str(plan.mqtt_port),
        mqtt.password_env: plan.accounts[mqtt.user],
    }


def _contracts(plan: Plan) -> None:
    """Where the simulators listen, and their secrets: made once."""
    _make_folder(plan.data)
    plan.contracts = {
        one.name: outside.contract(plan.data, one, write_private)
        for one in outside.OUTSIDE
        if outside.wanted(one, set(plan.city.systems))
    }


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServerProblem(
            f"The data folder {data} cannot be made ({error.strerror}): choose another with "
            "STADTKERN_DATA."
        ) from None


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, complete or not at all."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _preparations(plan: Plan) -> list[Callable[[], None]]:
    steps: list[Callable[[], None]] = [
        partial(_step, plan, "Bringing the database up to date.", "migrate")
    ]
    if not plan.demo:
        return steps
    if not (plan.data / "demo-loaded").exists():
        steps.append(partial(_step, plan, "Loading the demo city.", "load-demo"))
    # Nobody finds the file of an earlier run and takes the city for ready.
    forget = partial((plan.data / DEMO_FILE).unlink, missing_ok=True)
    return [forget, *steps, partial(_tell, plan, TOLD)]


def _step(plan: Plan, text: str, command: str) -> None:
    """Run one of our commands to its end, showing what it says."""
    say(text)
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "stadtkern", command],
        env={**os.environ, **plan.env, "STADTKERN_LOG": "text"},
        check=False,
        stdout=sys.stderr,
        stderr=subprocess.PIPE,
        text=True,
    )
    sentences = [line for line in done.stderr.splitlines() if line.strip()]
    if done.returncode:
        last = sentences[-1] if sentences else "no reason given"
        raise ServerProblem(last.removeprefix("stadtkern: ").removeprefix("Error: "))
    for line in sentences:
        say(line)


def _children(plan: Plan) -> list[Child]:
    """Broker first, web last, so that whoever answers has everything behind it."""
    children = []
    if plan.city.mqtt.broker != "own":
        make = choose_broker(plan.city.mqtt.broker)
        if make is mosquitto_child:
            plan.env["STADTKERN_MQTT_HEAR_POSTS"] = "yes"
        children.append(make(_broker_setup(plan)))
    children += [
        _own("ingest", plan, stop_order=2),
        _own("worker", plan, stop_order=2),
        _own(
            "web",
            plan,
            "--host",
            plan.host,
            "--port",
            str(plan.port),
            stop_order=1,
            ready=partial(_answers, plan),
        ),
    ]
    return children + _simulators(plan)


def _broker_setup(plan: Plan) -> BrokerSetup:
    return BrokerSetup(
        data=plan.data,
        port=plan.mqtt_port,
        host=plan.city.mqtt.host,
        accounts=plan.accounts,
        ingest=INGEST_CLIENT,
        ingest_user=plan.city.mqtt.user,
        hold=plan.city.mqtt.topics,
        stop_order=3,
        database=plan.env.get("DATABASE_URL", ""),
        anonymous_read=plan.city.mqtt.anonymous_read,
    )


def _own(
    command: str,
    plan: Plan,
    *arguments: str,
    stop_order: int,
    ready: Callable[[], bool] | None = None,
) -> Child:
    return Child(
        name=command,
        argv=[sys.executable, "-m", "stadtkern", command, *arguments],
        env=plan.env,
        stop_order=stop_order,
        ready=ready,
    )


def _answers(plan: Plan) -> bool:
    try:
        with urlopen(f"http://{plan.host}:{plan.port}/health/", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _simulators(plan: Plan) -> list[Child]:
    if not plan.demo:
        return []
    chosen = [one for one in outside.OUTSIDE if one.name in plan.contracts]
    if plan.city.mqtt.broker != "own" and outside.SENSORS.script.exists():
        chosen.insert(0, outside.SENSORS)
    return [child for one in chosen if (child := _simulator(plan, one))]


def _simulator(plan: Plan, one: outside.Outside) -> Child | None:
    made = plan.contracts.get(one.name)
    child = outside.child(one, plan.data, plan.data / TOLD, made)
    if child is None and made:
        say(f"No simulator {one.name}: port {made.port} is in use.")
    return child


def base_url(plan: Plan) -> str:
    """The address at which the demo answers."""
    return f"http://{'localhost' if plan.host == '127.0.0.1' else plan.host}:{plan.port}"


def _tell(plan: Plan, name: str) -> None:
    """Everything an outside program needs to begin, into a file of this name."""
    people, boxes = _read(plan.data / "demo-people.json"), _read(plan.data / "demo-lockers.json")
    lockers = plan.contracts.get("bike_locker")
    told: dict[str, Any] = {
        "base_url": base_url(plan),
        "mqtt": {
            "host": plan.city.mqtt.host,
            "port": plan.mqtt_port,
            "user": NETWORK_SERVER,
            "password": plan.accounts.get(NETWORK_SERVER, ""),
        },
        "users": people.get("users", []),
        "keys": [*people.get("keys", []), *boxes.get("keys", [])],
        "lockers": boxes.get("lockers", []),
        "lockers_page": f"http://{lockers.host}:{lockers.port}/" if lockers else "",
    }
    apps = _read(plan.data / "demo-parking-apps.json")
    told["parking_apps"] = apps.get("parking_apps", [])
    told["keys"] += apps.get("keys", [])
    machines = _read(plan.data / "demo-ticket-machines.json")
    told["ticket_machines"] = machines.get("ticket_machines", [])
    charging = _read(plan.data / "demo-charge-points.json")
    told |= {key: charging.get(key, []) for key in ("charge_points", "charge_cards", "vehicles")}
    for name_of, called in outside.CALLED.items():
        if made := plan.contracts.get(name_of):
            told[called] = asdict(made)
    write_private(plan.data / name, json.dumps(told, indent=2))


def _read(path: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return known


def _ready(plan: Plan) -> None:
    say("")
    say(f"  {plan.city.title} answers at {base_url(plan)}")
    if plan.demo:
        _tell(plan, DEMO_FILE)
        for user in _read(plan.data / DEMO_FILE)["users"]:
            say(f"  Log-in ({user['role']}): {user['login']} / {user['password']}")
        say(f"  Addresses and keys for programs: {plan.data / DEMO_FILE}")
    say("  Ctrl-C stops everything.")
    say("")
