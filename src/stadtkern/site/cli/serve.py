"""`serve` and `demo`: the whole city in one tree of processes."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import click

from stadtkern.kernel import city as city_file
from stadtkern.kernel.city import City
from stadtkern.site.tree.broker_setup import BrokerSetup
from stadtkern.site.tree.brokers import choose_broker
from stadtkern.site.tree.mosquitto import mosquitto_child
from stadtkern.site.tree.ports import free_port, require_port
from stadtkern.site.tree.postgres import EmbeddedPostgres
from stadtkern.site.tree.problem import ServerProblem
from stadtkern.site.tree.processes import Child, Service, Tree

INGEST_CLIENT = "stadtkern-ingest"
NETWORK_SERVER = "network-server"
SIMULATOR = Path("simulators/sensors/run.py")
PAYMENTS = Path("simulators/payment_provider/run.py")
PAYMENTS_PORT = 8095
LOCKERS = Path("simulators/bike_locker/run.py")
LOCKERS_PORT = 8096


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
    payments: dict[str, str | int] = field(default_factory=dict)
    lockers_port: int = 0


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
        _payment_contract(plan)
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


def _payment_contract(plan: Plan) -> None:
    """Where the simulated payment providers listen, and their secret: made once."""
    path = plan.data / "demo-payments.json"
    _make_folder(plan.data)
    if not path.exists():
        port = free_port(PAYMENTS_PORT, "127.0.0.1")
        key = secrets.token_urlsafe(18)
        write_private(path, json.dumps({"host": "127.0.0.1", "port": port, "key": key}))
    plan.payments = json.loads(path.read_text(encoding="utf-8"))


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
    if plan.demo and not (plan.data / "demo-loaded").exists():
        steps.append(partial(_step, plan, "Loading the demo city.", "load-demo"))
    return steps


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
    return _sensors(plan) + _payment_providers(plan) + _lockers(plan)


def _payment_providers(plan: Plan) -> list[Child]:
    if not PAYMENTS.exists():
        say(f"No simulated payment providers: {PAYMENTS} is not in this folder.")
        return []
    port = int(plan.payments["port"])
    if free_port(port, "127.0.0.1") != port:
        say(f"No simulated payment providers: port {port} is in use.")
        return []
    write_demo_file(plan)
    argv = [
        sys.executable, str(PAYMENTS), "--demo", str(plan.data / "demo.json"),
        "--state", str(plan.data / "demo-payments-state.json"),
    ]  # fmt: skip
    return [Child(name="payment-providers", argv=argv)]


def _lockers(plan: Plan) -> list[Child]:
    """It waits until the demo file names its controllers."""
    if "bike_boxes" not in plan.city.systems or not LOCKERS.exists():
        return []
    plan.lockers_port = free_port(LOCKERS_PORT, "127.0.0.1")
    argv = [
        sys.executable, str(LOCKERS), "--demo", str(plan.data / "demo.json"),
        "--port", str(plan.lockers_port), "--lively",
    ]  # fmt: skip
    return [Child(name="bike-lockers", argv=argv)]


def _sensors(plan: Plan) -> list[Child]:
    if plan.city.mqtt.broker == "own":
        return []
    if not SIMULATOR.exists():
        say(f"No simulated sensors: {SIMULATOR} is not in this folder.")
        return []
    write_demo_file(plan)
    argv = [sys.executable, str(SIMULATOR), "--demo", str(plan.data / "demo.json")]
    return [Child(name="simulator", argv=argv)]


def base_url(plan: Plan) -> str:
    """The address at which the demo answers."""
    return f"http://{'localhost' if plan.host == '127.0.0.1' else plan.host}:{plan.port}"


def write_demo_file(plan: Plan) -> None:
    """`demo.json`: everything an outside program needs to begin."""
    people = plan.data / "demo-people.json"
    known = json.loads(people.read_text(encoding="utf-8")) if people.exists() else {}
    boxes = plan.data / "demo-lockers.json"
    locked = json.loads(boxes.read_text(encoding="utf-8")) if boxes.exists() else {}
    write_private(
        plan.data / "demo.json",
        json.dumps(
            {
                "base_url": base_url(plan),
                "mqtt": {
                    "host": plan.city.mqtt.host,
                    "port": plan.mqtt_port,
                    "user": NETWORK_SERVER,
                    "password": plan.accounts.get(NETWORK_SERVER, ""),
                },
                "users": known.get("users", []),
                "keys": [*known.get("keys", []), *locked.get("keys", [])],
                "payments": plan.payments,
                "lockers": locked.get("lockers", []),
                "lockers_page": f"http://127.0.0.1:{plan.lockers_port}/",
            },
            indent=2,
        ),
    )


def _ready(plan: Plan) -> None:
    say("")
    say(f"  {plan.city.title} answers at {base_url(plan)}")
    if plan.demo:
        write_demo_file(plan)
        users = json.loads((plan.data / "demo.json").read_text(encoding="utf-8"))["users"]
        for user in users:
            say(f"  Log-in ({user['role']}): {user['login']} / {user['password']}")
        say(f"  Addresses and keys for programs: {plan.data / 'demo.json'}")
    say("  Ctrl-C stops everything.")
    say("")
