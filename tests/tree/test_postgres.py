"""The embedded PostgreSQL: it starts, survives and is found again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from stadtkern.site.tree import leftover
from stadtkern.site.tree.postgres import EmbeddedPostgres
from stadtkern.site.tree.problem import ServerProblem

from .conftest import eventually, lives

MakeServer = Callable[..., EmbeddedPostgres]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def reports() -> list[str]:
    return []


@pytest.fixture
def server(data: Path, reports: list[str]) -> Iterator[MakeServer]:
    """Makes servers on the same data folder and stops what is left of them."""
    made: list[EmbeddedPostgres] = []

    def make(folder: Path = data, **options: int) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(folder, report=reports.append, **options))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def ask(server: EmbeddedPostgres, statement: str) -> object:
    with psycopg.connect(server.url, autocommit=True) as connection:
        row = connection.execute(statement).fetchone()  # type: ignore[arg-type]
    assert row
    return row[0]


def write(server: EmbeddedPostgres, *statements: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


def test_a_second_start_is_quick_and_has_lost_nothing(server: MakeServer) -> None:
    first = server()
    first.start()
    write(first, "create table kept (value int)", "insert into kept values (4711)")
    first.stop()
    assert not first.alive()
    began = time.monotonic()
    second = server()
    second.start()
    assert time.monotonic() - began < 10
    assert ask(second, "select value from kept") == 4711


@pytest.mark.parametrize("locale", ["C", "xx_NOWHERE.UTF-8", ""])
def test_german_full_text_knows_umlauts_whatever_the_locale_is(
    server: MakeServer, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setenv("PGPORT", "1")  # and a stray setting of somebody else's server
    running = server()
    running.start()
    found = "to_tsvector('german', 'Bäume und ÄPFEL') @@ to_tsquery('german', 'Äpfel & Baum')"
    assert ask(running, f"select {found}") is True
    assert ask(running, "select lower('ÄÖÜ')") == "äöü"
    assert ask(running, "show server_encoding") == "UTF8"


def test_a_killed_server_comes_back_with_what_was_committed(
    server: MakeServer, reports: list[str]
) -> None:
    running = server()
    running.start()
    write(running, "create table kept (value int)", "insert into kept values (1)")
    killed = running.pid
    assert killed
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: not running.alive())
    running.start()
    assert running.pid != killed
    write(running, "insert into kept values (2)")
    assert ask(running, "select sum(value) from kept") == 3
    assert "PostgreSQL recovers after a crash ..." in reports


def test_a_server_left_over_from_before_is_taken_over(server: MakeServer) -> None:
    before, after = server(), server()
    before.start()
    after.start()
    assert after.pid == before.pid
    assert after.alive()
    after.stop()
    assert not after.alive()
    assert not before.alive()


def test_a_leftover_that_does_not_answer_is_stopped_first(
    server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = server(), server()
    before.start()
    frozen = before.pid
    assert frozen
    os.kill(frozen, signal.SIGSTOP)
    monkeypatch.setattr(EmbeddedPostgres, "_answers", lambda _self: False)  # spares its time limit
    monkeypatch.setattr(leftover, "PATIENCE", {signal.SIGINT: 0.1, signal.SIGKILL: 5.0})
    after.start()
    assert after.pid != frozen
    assert not lives(frozen)
    assert ask(after, "select 1") == 1


def test_the_pid_file_of_a_stranger_does_not_keep_it_from_starting(
    server: MakeServer, data: Path
) -> None:
    """After a reboot the number may belong to any other process."""
    running = server()
    running.start()
    content = (data / "postgres" / "postmaster.pid").read_text()
    pid = running.pid
    running.stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        foreign = content.replace(str(pid), str(stranger.pid), 1)
        (data / "postgres" / "postmaster.pid").write_text(foreign)
        running.start()
        assert ask(running, "select 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_only_we_reach_it_and_only_through_its_socket(server: MakeServer) -> None:
    running = server()
    running.start()
    assert running.sockets.stat().st_mode & 0o777 == 0o700
    assert (running.cluster).stat().st_mode & 0o777 == 0o700
    assert ask(running, "show listen_addresses") == ""
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", 5432)) != 0 or ask(running, "show port") == "5432"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("jit", "off"),
        ("max_connections", "60"),
        ("shared_buffers", "96MB"),
        ("timezone", "UTC"),
    ],
)
def test_our_settings_hold(shared: EmbeddedPostgres, setting: str, value: str) -> None:
    assert ask(shared, f"show {setting}") == value


def test_an_operator_may_change_them(shared: EmbeddedPostgres) -> None:
    write(shared, "alter system set work_mem = '9MB'", "select pg_reload_conf()")
    assert eventually(lambda: ask(shared, "show work_mem") == "9MB")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    running = EmbeddedPostgres(tmp_path_factory.mktemp("shared"), report=lambda _line: None)
    running.start()
    yield running
    running.stop()


def test_a_path_too_long_for_a_socket_works_and_is_found_again(
    server: MakeServer, tmp_path: Path
) -> None:
    deep = tmp_path / ("a long name, with a comma " * 4).strip()
    before, after = server(deep), server(deep)
    before.start()
    assert len(str(before.sockets)) < 100
    assert before.sockets.stat().st_mode & 0o777 == 0o700
    after.start()
    assert after.pid == before.pid
    assert ask(after, "select 1") == 1
    after.stop()
    assert not before.sockets.exists()


def test_the_older_version_runs_too_and_is_not_mixed_up_with_the_newer(
    server: MakeServer, data: Path
) -> None:
    older = server(version=16)
    older.start()
    assert str(ask(older, "show server_version")).startswith("16.")
    assert ask(older, "select lower('ÄÖÜ')") == "äöü"
    older.stop()
    with pytest.raises(ServerProblem, match="made by PostgreSQL 16, this is PostgreSQL 18"):
        server().start()


def test_it_ends_when_its_supervisor_is_killed(data: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path\n"
        "from stadtkern.site.tree.postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(Path(sys.argv[1])); server.start()\n"
        "print(server.pid, flush=True); time.sleep(60)"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", program, str(data)], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout
    pid = int(supervisor.stdout.readline())
    assert lives(pid)
    supervisor.kill()
    supervisor.wait()
    assert eventually(lambda: not lives(pid), 5)


def test_its_log_is_kept_over_some_starts(server: MakeServer, data: Path) -> None:
    running = server()
    for _ in range(3):
        running.start()
        running.stop()
    logs = sorted(path.name for path in (data / "log").iterdir())
    assert logs == ["postgres.log", "postgres.log.1", "postgres.log.2"]
    assert all("ready to accept" in (data / "log" / name).read_text() for name in logs)
