"""`backup` and `restore`: one file with everything, by PostgreSQL's own programs."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import click

from stadtkern.site.database import DatabaseProblem
from stadtkern.site.tree.binaries import server_environment, server_programs
from stadtkern.site.tree.postgres import EmbeddedPostgres


@click.command(short_help="Write the whole database into one file.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write a consistent copy while the city runs; the file appears only when it is complete."""
    part = file.with_name(file.name + ".part")
    part.touch(mode=0o600)
    with _database() as url:
        _run("pg_dump", "--format=custom", "--no-owner", "--file", str(part), "--dbname", url)
    part.replace(file)
    click.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


@click.command(short_help="Read a backup into an empty database.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Read a backup in one transaction; refuses a database that already holds a city."""
    with _database() as url:
        if _tables(url):
            raise DatabaseProblem(
                "The database is not empty: name an empty one in DATABASE_URL, or an empty "
                "folder in STADTKERN_DATA."
            )
        _run(
            "pg_restore",
            "--single-transaction",
            "--no-owner",
            "--exit-on-error",
            "--dbname",
            url,
            str(file),
        )
    click.echo("Restored. Next: stadtkern migrate, then start the city.")


def _database() -> AbstractContextManager[str]:
    url = os.environ.get("DATABASE_URL")
    return nullcontext(url) if url else _embedded()


@contextmanager
def _embedded() -> Iterator[str]:
    """The embedded server: the running one, or one started for the while."""
    data = Path(os.environ.get("STADTKERN_DATA", "var")).resolve()
    server = EmbeddedPostgres(data)
    running = (data / "postgres" / "postmaster.pid").exists()
    server.start()
    try:
        yield server.url
    finally:
        if not running:
            server.stop()


def _tables(url: str) -> int:
    sql = "select count(*) from information_schema.tables where table_schema = 'public'"
    return int(_run("psql", "--no-psqlrc", "-At", "-c", sql, "--dbname", url))


def _run(program: str, *arguments: str) -> str:
    """A PostgreSQL program of the wheel; its complaint becomes one sentence."""
    path = server_programs(18) / program
    if not path.exists():
        path = Path(shutil.which(program) or program)
    done = subprocess.run(  # noqa: S603  fixed program, arguments are ours
        [str(path), *arguments],
        capture_output=True,
        text=True,
        env=server_environment(),
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        raise DatabaseProblem(f"{program} failed: {said[0]}")
    return done.stdout
