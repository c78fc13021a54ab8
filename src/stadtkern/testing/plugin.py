"""A pytest plugin: an embedded PostgreSQL for the run, and the fixtures every system needs."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SETTINGS = "stadtkern.site.settings"
# A database that lives for one run need not outlive the machine's.
HASTY = ("fsync", "synchronous_commit", "full_page_writes")
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
        _hasten(server.url)


def _hasten(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for setting in HASTY:
            connection.execute(f"alter system set {setting} = off")
        connection.execute("select pg_reload_conf()")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Tests that commit are cleared up after in milliseconds."""
    if config.getini("DJANGO_SETTINGS_MODULE") == SETTINGS:
        from stadtkern.testing import emptied

        emptied.instead_of_flush()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this run started and leave no folder behind."""
    server = config.stash.get(_server, None)
    if server is not None:
        server.stop()  # type: ignore[attr-defined]
        shutil.rmtree(os.environ["STADTKERN_DATA"], ignore_errors=True)


@pytest.fixture(scope="module")
def committed(
    django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[Callable[[], object]], None]]:
    """`committed(fill)`: what it writes is there for all tests of a file, and gone afterwards.

    A test that takes `db` may change it: that is rolled back.
    """
    from django.db import connection

    from stadtkern.testing import emptied

    def run(fill: Callable[[], object]) -> None:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            fill()
            # As after some minutes of a running city: without it large questions are planned badly.
            cursor.execute("analyze")

    yield run
    with django_db_blocker.unblock():
        emptied.empty()


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


@pytest.fixture
def keeps_to(client: Any) -> Callable[..., Any]:
    """`keeps_to("/api/statistics/tables/{slug}", answer)`: its JSON, which is as described.

    By the system's own OpenAPI document. Raises jsonschema's ValidationError, or KeyError where
    nothing of the kind is described.
    """
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    def told(template: str, answer: Any, *, verb: str = "get") -> Any:
        slug, _slash, path = template.removeprefix("/api/").partition("/")
        whole = client.get(f"/api/{slug}/openapi.json").json()
        promised = whole["paths"][f"/{path}"][verb]["responses"][str(answer.status_code)]
        kind = answer["Content-Type"].partition(";")[0]
        schema = {**promised["content"][kind]["schema"], "components": whole["components"]}
        Draft202012Validator(schema).validate(answer.json())
        return answer.json()

    return told


@pytest.fixture(autouse=True)
def _default_language(request: pytest.FixtureRequest) -> None:
    """A request for an English page leaves its language behind in the thread."""
    if request.config.getini("DJANGO_SETTINGS_MODULE") == SETTINGS:
        from django.utils import translation

        translation.deactivate()
