"""An empty foreign database becomes a second city; a backup is restored and compared."""

import json
import os
import subprocess
import sys
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import psycopg
import pytest
from faults.running_city import free_port

from stadtkern.site.tree.postgres import EmbeddedPostgres

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path):
    """Somebody else's PostgreSQL, as far as the commands can tell."""
    server = EmbeddedPostgres(tmp_path / "foreign", report=lambda _line: None)
    server.start()
    yield server
    server.stop()


def new_database(server, name):
    with psycopg.connect(server.url, autocommit=True) as base:
        base.execute(f"create database {name}")
    return server.url.replace("/stadtkern?", f"/{name}?")


class Commands:
    """The command line with one city's environment."""

    def __init__(self, folder, url):
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "DJANGO"))},
            "DATABASE_URL": url,
            "STADTKERN_CITY": str(folder / "second.toml"),
            "STADTKERN_DATA": str(folder / "data"),
            "STADTKERN_PASSWORD": "ein-langes-kennwort",
        }

    def __call__(self, *arguments, code=0):
        done = subprocess.run(
            [sys.executable, "-m", "stadtkern", *arguments],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def web(self, port):
        return subprocess.Popen(
            [sys.executable, "-m", "stadtkern", "web", "--port", str(port)],
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def wait_for(url, process):
    for _ in range(300):
        assert process.poll() is None
        try:
            return urllib.request.urlopen(url, timeout=2).read().decode()
        except OSError:
            import time

            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


def log_in(base, login, password):
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{base}/login/").read().decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = urlencode({"username": login, "password": password, "csrfmiddlewaretoken": token})
    request = urllib.request.Request(f"{base}/login/", form.encode(), {"Referer": f"{base}/login/"})
    return opener.open(request)


def test_an_empty_database_becomes_a_working_second_city(tmp_path, server):
    run = Commands(tmp_path, new_database(server, "second"))
    city = tmp_path / "second.toml"
    run("init", str(city), "--name", "Musterstadt", "--bounds", "7.0, 51.0, 7.5, 51.5")
    assert "exists already" in run("init", str(city), "--name", "X", "--bounds", "1", code=1)
    assert "up to date" in run("migrate")
    assert "0 device profiles" in run("migrate")
    assert "/login/" in run("createadmin", "--login", "chefin")
    assert "already" in run("createadmin", "--login", "chefin", code=1)
    assert "No web process" in run("check", code=1)
    port = free_port()
    process = run.web(port)
    try:
        home = wait_for(f"http://127.0.0.1:{port}/", process)
        assert "Musterstadt digital" in home
        assert "Herne" not in home
        staff = log_in(f"http://127.0.0.1:{port}", "chefin", "ein-langes-kennwort")
        assert staff.url.endswith("/staff/")
        things = urllib.request.urlopen(f"http://127.0.0.1:{port}/api/sensorthings/v1.1/Things")
        assert json.load(things)["value"] == []
    finally:
        process.terminate()
        assert process.wait(20) in (0, -15)


def contents(url):
    """Every table's rows as one digest each."""
    with psycopg.connect(url) as base:
        tables = [
            t
            for (t,) in base.execute(
                "select table_name from information_schema.tables where table_schema = 'public'"
                " and table_type = 'BASE TABLE' order by 1"
            )
        ]
        return {
            table: base.execute(
                f'select count(*), md5(string_agg(t::text, chr(10) order by t::text)) from "{table}" t'
            ).fetchone()
            for table in tables
        }


def test_a_backup_is_restored_into_an_empty_database_and_is_the_same(tmp_path, server):
    source = new_database(server, "source")
    run = Commands(tmp_path, source)
    run("init", str(tmp_path / "second.toml"), "--name", "Musterstadt", "--bounds", "7, 51, 8, 52")
    run("migrate")
    with psycopg.connect(source) as base:
        base.execute(
            "insert into things_sensor (name, description, encoding, metadata, properties)"
            " values ('ü', '', 't', '\"\"', '{}')"
        )
        base.execute(
            "insert into things_observation (datastream_id, at, value)"
            " select 1, now() - n * interval '1 hour', n from generate_series(1, 5000) n"
        )
    file = tmp_path / "city.backup"
    assert "MB" in run("backup", str(file))
    assert file.stat().st_mode & 0o077 == 0
    target = new_database(server, "target")
    again = Commands(tmp_path, target)
    assert "not empty" in run("restore", str(file), code=1)
    again("restore", str(file))
    assert contents(target) == contents(source)
    assert "up to date" in again("migrate")


def test_a_broken_backup_leaves_the_database_empty(tmp_path, server):
    url = new_database(server, "target")
    run = Commands(tmp_path, url)
    broken = tmp_path / "broken.backup"
    broken.write_bytes(b"PGDMP nonsense")
    assert "pg_restore failed" in run("restore", str(broken), code=1)
    assert contents(url) == {}


def test_a_database_that_is_away_is_told_in_one_sentence(tmp_path):
    run = Commands(tmp_path, "postgresql://nobody@127.0.0.1:1/none")
    run("init", str(tmp_path / "second.toml"), "--name", "M", "--bounds", "7, 51, 8, 52")
    said = run("migrate", code=1)
    assert "does not answer" in said
    assert len(said.strip().splitlines()) == 1


def test_version_16_carries_the_city_too(tmp_path):
    server = EmbeddedPostgres(tmp_path / "old", report=lambda _line: None, version=16)
    server.start()
    try:
        run = Commands(tmp_path, server.url)
        run("init", str(tmp_path / "second.toml"), "--name", "M", "--bounds", "7, 51, 8, 52")
        assert "up to date" in run("migrate")
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "tests/kernel/test_store.py",
                "-q",
                "-p",
                "no:randomly",
                "--create-db",
            ],
            env={**run.env, "STADTKERN_CITY": os.path.abspath("city.toml")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:]
    finally:
        server.stop()
