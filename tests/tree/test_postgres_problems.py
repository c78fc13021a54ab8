"""What can be wrong with a data folder is said in one sentence."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from stadtkern.site.tree import identity
from stadtkern.site.tree.identity import Identity
from stadtkern.site.tree.journal import reason
from stadtkern.site.tree.leftover import stop_server
from stadtkern.site.tree.postgres import EmbeddedPostgres
from stadtkern.site.tree.problem import ServerProblem

from .conftest import eventually

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("made")
    server = EmbeddedPostgres(data, report=lambda _line: None)
    server.start()
    server.stop()
    return data


@pytest.fixture
def data(made_once: Path, tmp_path: Path) -> Path:
    """A data folder with a database, as an orderly stop has left it."""
    shutil.copytree(made_once, tmp_path / "var")
    return tmp_path / "var"


def refusal(data: Path) -> str:
    with pytest.raises(ServerProblem) as refused:
        EmbeddedPostgres(data, report=lambda _line: None).start()
    return str(refused.value)


def remove_control_file(cluster: Path) -> None:
    (cluster / "global" / "pg_control").unlink()


def garble_control_file(cluster: Path) -> None:
    (cluster / "global" / "pg_control").write_bytes(b"\xff" * 8192)


def remove_the_log_of_changes(cluster: Path) -> None:
    for segment in (cluster / "pg_wal").glob("0*"):
        segment.unlink()


def remove_a_folder(cluster: Path) -> None:
    shutil.rmtree(cluster / "pg_xact")


def empty_version(cluster: Path) -> None:
    (cluster / "PG_VERSION").unlink()


def other_version(cluster: Path) -> None:
    (cluster / "PG_VERSION").write_text("15\n")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (remove_control_file, "is damaged"),
        (garble_control_file, "is damaged"),
        (remove_the_log_of_changes, "is damaged"),
        (remove_a_folder, "is damaged"),
        (empty_version, "holds files but no PostgreSQL database"),
        (other_version, "made by PostgreSQL 15, this is PostgreSQL 18"),
    ],
)
def test_a_broken_database_is_named(data: Path, harm: Callable[[Path], None], said: str) -> None:
    harm(data / "postgres")
    sentence = refusal(data)
    assert said in sentence
    assert str(data) in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    assert (
        refusal(tmp_path / "var") == f"The data folder {tmp_path}/var is not a folder but a file."
    )
    assert "is not a folder but a file" in refusal(tmp_path / "var" / "below")


@as_root
def test_a_data_folder_that_is_not_writable_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    os.seteuid(65534)
    try:
        sentence = refusal(tmp_path)
    finally:
        os.seteuid(0)
    assert sentence == f"The data folder {tmp_path} is not writable (Permission denied)."


@pytest.mark.parametrize(
    "line",
    [
        'FATAL:  could not write lock file "postmaster.pid": No space left on device',
        'PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device',
    ],
)
def test_a_full_disk_is_called_a_full_disk(line: str) -> None:
    log = f"2026-01-01 00:00:00 UTC [1] LOG:  starting\n2026-01-01 00:00:00 UTC [1] {line}\n"
    expected = "The disk that holds /srv/var is full: free some space and start again."
    assert reason(log, Path("/srv/var")) == expected


def test_an_unknown_reason_is_passed_on() -> None:
    log = "2026-01-01 00:00:00 UTC [1] FATAL:  could not create shared memory segment: oh"
    expected = "PostgreSQL does not start on /v: could not create shared memory segment: oh."
    assert reason(log, Path("/v")) == expected


@pytest.mark.parametrize("pause", [0.02, 0.2])
def test_a_first_start_killed_half_way_leaves_nothing_half_made(
    tmp_path: Path, pause: float
) -> None:
    data = tmp_path / "var"
    program = (
        "import sys; from pathlib import Path\n"
        "from stadtkern.site.tree.postgres import EmbeddedPostgres\n"
        "EmbeddedPostgres(Path(sys.argv[1])).start()"
    )
    starting = subprocess.Popen([sys.executable, "-c", program, str(data)])
    assert eventually((data / "postgres.unfinished").exists)
    time.sleep(pause)
    starting.kill()
    starting.wait()
    assert not (data / "postgres").exists()
    server = EmbeddedPostgres(data, report=lambda _line: None)
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    server.stop()
    assert not (data / "postgres.unfinished").exists()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may reach, unlike the folders of tests."""
    folder = Path(tempfile.mkdtemp(prefix="tree-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def no_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(identity, "_enter_namespace", refuse)


@as_root
@pytest.mark.usefixtures("no_namespaces")
def test_root_without_namespaces_runs_the_server_as_an_ordinary_user(open_folder: Path) -> None:
    server = EmbeddedPostgres(open_folder / "var", report=lambda _line: None)
    for _ in range(2):  # the second finds what the first has given away
        try:
            server.start()
        except ServerProblem as problem:
            pytest.skip(f"the programs are out of reach: {problem}")
        assert server.pid
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
        with psycopg.connect(server.url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        server.stop()
    assert open_folder.stat().st_mode & 0o777 == 0o755


@as_root
@pytest.mark.usefixtures("no_namespaces")
def test_a_closed_parent_folder_is_named_and_stays_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    sentence = refusal(closed / "var")
    assert "may not enter" in sentence
    assert "STADTKERN_DATA" in sentence
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_root_keeps_its_files_in_a_namespace(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "var", report=lambda _line: None)
    server.start()
    assert (server.cluster / "PG_VERSION").stat().st_uid == 0
    server.stop()


def test_an_ordinary_user_needs_no_other_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert identity.choose_identity(Path("/"), Path("/bin/true")) == Identity()


def test_a_start_can_be_called_off(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while it recovers: it must not go on in the background."""
    monkeypatch.setattr(EmbeddedPostgres, "_says_ready", lambda _self: False)
    server = EmbeddedPostgres(data, report=lambda _line: None)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ServerProblem, match="interrupted"):
        server.start(cancelled=lambda: True)
    assert not server.alive()
    assert signal.getsignal(signal.SIGINT) is before


DEAF_AT_FIRST = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("here", flush=True)
time.sleep(0.5)
signal.signal(signal.SIGINT, signal.SIG_DFL)
time.sleep(60)
"""


def test_a_server_that_does_not_hear_yet_is_told_again(data: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", DEAF_AT_FIRST], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        stop_server(child.pid, data, lambda: child.poll() is not None)
        assert child.returncode == -signal.SIGINT
