"""The supervisor keeps its tree up and takes all of it down."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from .conftest import eventually, lives

# A child that says its number, and when it is told to stop, that it stops.
POLITE = """
import os, signal, sys, time
def stop(*_):
    print(sys.argv[1], "stops", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print(sys.argv[1], "runs as", os.getpid(), flush=True)
while True: time.sleep(0.05)
"""
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(sys.argv[1], "runs as", os.getpid(), flush=True)
while True: time.sleep(0.05)
"""
# Leaves a process of its own behind when it ends.
PARENT = """
import os, subprocess, sys, time
below = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("below runs as", below.pid, flush=True)
print(sys.argv[1], "runs as", os.getpid(), flush=True)
while True: time.sleep(0.05)
"""
SUPERVISOR = """
import json, sys
from pathlib import Path
from stadtkern.site.tree import processes
from stadtkern.site.tree.postgres import EmbeddedPostgres
from stadtkern.site.tree.processes import Child, Tree
data, plan = Path(sys.argv[1]), json.loads(sys.argv[2])
say = lambda line: print(line, flush=True)
processes.GRACE = plan.get("grace", 10.0)
services = [EmbeddedPostgres(data, report=say)] if plan.get("postgres") else []
children = [
    Child(name=name, argv=[sys.executable, "-c", code, name], **options)
    for name, code, options in plan["children"]
]
tree = Tree(data, children, services=services, report=say,
            before_start=[lambda: say("before the children")], on_ready=lambda: say("ready"))
try:
    tree.run()
except processes.ServerProblem as problem:
    sys.exit(str(problem))
say("django" if "django" in sys.modules else "no django")
"""


class Supervised:
    """A tree in a process of its own, and all it says."""

    def __init__(self, data: Path, plan: dict[str, object]) -> None:
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(data), json.dumps(plan)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.patience = threading.Timer(20, self.process.kill)
        self.patience.start()

    def until(self, text: str) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if text in line:
                return line.rstrip()
        raise AssertionError(f"{text!r} was never said, only {self.said}")

    def pid_of(self, name: str) -> int:
        told = f"{name} runs as "
        line = next((line for line in reversed(self.said) if told in line), None)
        return int((line or self.until(told)).rsplit(" ", 1)[1])

    def end(self, kind: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(kind)
        output, _ = self.process.communicate()
        self.patience.cancel()
        self.said += output.splitlines()
        return self.process.returncode

    def below(self) -> list[int]:
        return [found.pid for found in psutil.Process(self.process.pid).children(recursive=True)]


Start = Callable[..., Supervised]


def child(name: str, code: str = POLITE, **options: object) -> tuple[str, str, dict[str, object]]:
    return name, code, options


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    made: list[Supervised] = []

    def make(*children: object, data: Path = tmp_path / "var", **plan: object) -> Supervised:
        made.append(Supervised(data, {"children": children, **plan}))
        return made[-1]

    yield make
    for one in made:
        one.process.kill()
        one.process.wait()
        one.patience.cancel()


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_tree_starts_in_order_and_stops_in_reverse(start: Start, kind: signal.Signals) -> None:
    tree = start(child("web"), child("worker"), child("ingest"))
    tree.until("ready")
    pids = [tree.pid_of(name) for name in ("web", "worker", "ingest")]
    assert tree.said.index("before the children") == 0
    assert tree.end(kind) == 0
    stops = [line for line in tree.said if "stops" in line]
    assert stops == ["ingest | ingest stops", "worker | worker stops", "web | web stops"]
    assert not any(lives(pid) for pid in pids)


def test_a_stop_order_overrules_the_order_of_the_start(start: Start) -> None:
    tree = start(child("web", stop_order=-1), child("worker"), child("broker", stop_order=1))
    for name in ("web", "worker", "broker"):
        tree.pid_of(name)
    tree.end()
    stops = [line.split(" ")[0] for line in tree.said if "stops" in line]
    assert stops == ["web", "worker", "broker"]


def test_the_supervisor_stays_small(start: Start) -> None:
    tree = start(child("web"))
    tree.until("ready")
    assert psutil.Process(tree.process.pid).memory_info().rss < 40_000_000
    tree.end()
    assert tree.said[-1] == "no django"


def test_a_child_that_does_not_want_to_stop_is_killed_with_its_own_children(start: Start) -> None:
    tree = start(child("web", STUBBORN), child("ingest", PARENT), grace=0.3)
    pids = [tree.pid_of(name) for name in ("web", "ingest", "below")]
    assert tree.end() == 0
    assert "web did not stop and was killed." in tree.said
    assert not any(lives(pid) for pid in pids)


def test_nothing_survives_when_the_supervisor_is_killed(start: Start) -> None:
    tree = start(child("web", STUBBORN), child("worker"), postgres=True)
    tree.pid_of("worker")
    below = tree.below()
    assert len(below) > 6  # both, and the processes of PostgreSQL
    tree.process.kill()
    tree.process.wait()
    assert eventually(lambda: not any(lives(pid) for pid in below), 5)


def test_a_killed_supervisor_can_be_started_again_at_once(start: Start) -> None:
    first = start(child("web"), postgres=True)
    first.pid_of("web")
    first.process.kill()
    first.process.wait()
    second = start(child("web"), postgres=True)
    second.until("ready")
    assert second.end() == 0


def test_a_crashed_child_starts_again_ever_more_slowly(start: Start) -> None:
    tree = start(child("worker", "print('hello'); raise SystemExit(3)"), child("web"))
    for pause in ("0.2", "0.4", "0.8"):
        tree.until(f"worker ended with exit code 3; starting it again in {pause} s.")
    assert tree.end() == 0


def test_a_killed_child_is_replaced_and_the_others_go_on(start: Start) -> None:
    tree = start(child("web"), child("worker"))
    tree.until("ready")
    web, worker = tree.pid_of("web"), tree.pid_of("worker")
    os.kill(worker, signal.SIGKILL)
    tree.until("worker ended by SIGKILL; starting it again in 0.2 s.")
    again = int(tree.until("worker runs as").rsplit(" ", 1)[1])
    assert again != worker
    assert lives(web)


def test_a_child_that_may_end_is_not_started_again(start: Start) -> None:
    tree = start(child("once", "print('done')", restart=False), child("web"))
    tree.until("once ended with exit code 0.")
    time.sleep(0.5)
    tree.end()
    assert sum("once | done" in line for line in tree.said) == 1


def test_structured_lines_pass_unchanged_and_others_say_who_speaks(start: Start) -> None:
    code = """import sys, time
print('{"event": "up", "unit": "°C"}', flush=True)
print("plain", file=sys.stderr, flush=True)
time.sleep(60)"""
    tree = start(child("web", code))
    assert tree.until("event") == '{"event": "up", "unit": "°C"}'
    assert tree.until("plain") == "web | plain"


def test_two_do_not_share_a_data_folder(start: Start) -> None:
    first = start(child("web"))
    first.until("ready")
    second = start(child("web"))
    assert second.process.wait(10) == 1
    assert second.process.stdout
    expected = "Another Stadtkern already runs on this data folder"
    assert second.process.stdout.read().strip() == f"{expected} (process {first.process.pid})."
    assert first.process.poll() is None


def test_a_killed_postgres_comes_back_while_the_others_go_on(start: Start, tmp_path: Path) -> None:
    tree = start(child("web"), postgres=True)
    tree.until("ready")
    web = tree.pid_of("web")
    url = f"postgresql://stadtkern@/stadtkern?host={tmp_path}/var/run"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table kept as select 4711 as value")
    pid_file = tmp_path / "var" / "postgres" / "postmaster.pid"
    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
    tree.until("postgres ended; starting it again.")

    def answers() -> bool:
        try:
            with psycopg.connect(url, connect_timeout=2) as connection:
                return connection.execute("select value from kept").fetchone() == (4711,)
        except psycopg.OperationalError:
            return False

    assert eventually(answers)
    assert lives(web)
    assert tree.end() == 0


NEVER_READY = """
import sys
from pathlib import Path
from stadtkern.site.tree.processes import Child, ServerProblem, Tree
web = Child(name="web", argv=[sys.executable, "-c", "print('Port 8000 is in use.'); exit(1)"],
            ready=lambda: False)
worker = Child(name="worker", argv=[sys.executable, "-c", "import time; time.sleep(60)"])
try:
    Tree(Path(sys.argv[1]), [worker, web]).run()
except ServerProblem as problem:
    sys.exit(str(problem))
"""
LATE = """
import sys, time
from pathlib import Path
from stadtkern.site.tree.processes import Child, Tree
data = Path(sys.argv[1])
code = ("import sys, time, pathlib; time.sleep(0.5); "
        "pathlib.Path(sys.argv[1]).touch(); time.sleep(60)")
early = Child(name="early", argv=[sys.executable, "-c", code, str(data / "open")],
              ready=(data / "open").exists)
later = Child(name="later", argv=[sys.executable, "-c", "import sys, pathlib; print("
              "'found', pathlib.Path(sys.argv[1]).exists()); exit(0)", str(data / "open")],
              restart=False)
Tree(data, [early, later], on_ready=lambda: print("ready", flush=True)).run()
"""


def test_a_child_that_cannot_start_ends_the_tree_with_its_last_words(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NEVER_READY, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "web does not start: Port 8000 is in use."


def test_a_child_starts_only_when_the_one_before_is_ready(tmp_path: Path) -> None:
    tree = subprocess.Popen(
        [sys.executable, "-c", LATE, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert tree.stdout
    lines = [tree.stdout.readline() for _ in range(2)]
    tree.terminate()
    tree.communicate(timeout=60)
    assert "later | found True\n" in lines
