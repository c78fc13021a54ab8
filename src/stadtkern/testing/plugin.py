"""A pytest plugin: an embedded PostgreSQL for the run, and the fixtures every system needs."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SETTINGS = "stadtkern.site.settings"
NO_MODELS = (
    "things_observation",
    "things_hour",
    "things_day",
    "things_judged",
    "things_made",
    "sensorthings_change",
    "sensorthings_posted",
    "sensorthings_told",
    "procrastinate_jobs",
)
_server = pytest.StashKey[object]()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before Django reads its settings: a database, unless DATABASE_URL names one."""
    if early_config.getini("DJANGO_SETTINGS_MODULE") != SETTINGS:
        return
    os.environ.setdefault("STADTKERN_DATA", tempfile.mkdtemp(prefix="stadtkern-test-"))
    os.environ.setdefault("STADTKERN_LOG_LEVEL", "WARNING")
    if "DATABASE_URL" not in os.environ:
        from stadtkern.site.tree.postgres import EmbeddedPostgres

        server = EmbeddedPostgres(Path(os.environ["STADTKERN_DATA"]) / "postgres")
        server.start()
        early_config.stash[_server] = server
        os.environ["DATABASE_URL"] = server.url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this run started and leave no folder behind."""
    server = config.stash.get(_server, None)
    if server is not None:
        server.stop()  # type: ignore[attr-defined]
        shutil.rmtree(os.environ["STADTKERN_DATA"], ignore_errors=True)


@pytest.fixture
def switched_off() -> Iterator[object]:
    """A function that turns a system off until the test ends."""
    from stadtkern.kernel import registry

    hidden: list[str] = []

    def off(slug: str) -> None:
        registry._hidden.add(slug)
        hidden.append(slug)

    yield off
    registry._hidden.difference_update(hidden)


@pytest.fixture(autouse=True)
def _default_language(request: pytest.FixtureRequest) -> None:
    """A request for an English page leaves its language behind in the thread."""
    if request.config.getini("DJANGO_SETTINGS_MODULE") == SETTINGS:
        from django.utils import translation

        translation.deactivate()


@pytest.fixture(autouse=True)
def _empty_store(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django's flush after a test that commits does not know the tables that are no models."""
    yield
    marker = request.node.get_closest_marker("django_db")
    commits = marker and marker.kwargs.get("transaction")
    if commits or "transactional_db" in request.fixturenames:
        from django.db import connection

        blocker = request.getfixturevalue("django_db_blocker")
        with blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"truncate {', '.join(NO_MODELS)} cascade")
