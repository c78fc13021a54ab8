"""`load-demo`: the demo city's people, basemap and every system's demo data."""

import json
import os
import random
import secrets
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from stadtkern.site.cli import django_ready
from stadtkern.site.cli.serve import write_private

SEED = 44623
PEOPLE = (
    ("admin", "administrator", ()),
    ("betrieb", "operator", ("operator", "parking.warden", "open_data.answers",
                             "projects.editor", "bike_boxes.operator",
                             "events.editor", "news.editor", "esports.referee",
                             "appointments.manager")),
    ("daten", "data", ("data", "parking.warden", "open_data.answers", "statistics.office",
                       "projects.author", "data_improvement.curator")),
    ("schalter", "clerk", ("appointments.clerk",)),
    ("lesen", "reader", ("reader",)),
)  # fmt: skip


@click.command(short_help="Fill the database with the demo city.")
def load_demo() -> None:
    """Fill the database; can run again, and stops at nothing that is there already."""
    django_ready.load(database=True)
    from stadtkern.kernel import registry
    from stadtkern.kernel.catalogue.declared import refresh_all
    from stadtkern.site.demo_city.boards import load_boards
    from stadtkern.site.demo_city.checks import make_checks
    from stadtkern.site.demo_city.load import load_basemap
    from stadtkern.site.demo_city.measures import load_measures
    from stadtkern.site.demo_city.payments import load_payments
    from stadtkern.site.demo_city.rules import load_rules

    data = Path(os.environ.get("STADTKERN_DATA", "var")).resolve()
    _timed("people and keys", lambda: _people(data))
    _timed("city outline, stops and stations", load_basemap)
    _timed("payment providers", lambda: load_payments(data))
    for system in registry.active():
        if system.demo:
            fill = registry.resolve(system.demo)
            seeded = random.Random(SEED)  # noqa: S311  the same city every time
            _timed(f"system {system.slug}", partial(fill, seeded))
    _timed("datasets of the systems", refresh_all)
    _timed("checks of data quality", make_checks)
    _timed("rules and alerts", load_rules)
    _timed("measures and their effects", load_measures)
    _timed("boards", load_boards)
    _timed("statistics for the planner", _analyze)
    (data / "demo-loaded").touch()


def _analyze() -> None:
    """PostgreSQL itself looks at new tables a minute later, and until then plans badly."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("analyze")


def _timed(what: str, work: Callable[[], object]) -> None:
    begun = time.perf_counter()
    work()
    click.echo(f"  {what}: {time.perf_counter() - begun:.1f} s", err=True)


def _people(data: Path) -> None:
    """Demo accounts and one key; passwords are new for each data folder."""
    from stadtkern.kernel.people.models import Account, Role, issue_key

    path = data / "demo-people.json"
    if path.exists():
        return
    users = []
    for login, title, roles in PEOPLE:
        password = secrets.token_urlsafe(9)
        account, _ = Account.objects.get_or_create(
            username=login, defaults={"is_staff": True, "is_superuser": not roles}
        )
        account.set_password(password)
        account.save()
        account.roles.set(Role.objects.filter(slug__in=roles))
        users.append({"role": title, "login": login, "password": password})
    _, key = issue_key(label="Demo", scopes=("things:write",))
    keys = [{"scope": "things:write", "key": key}]
    write_private(path, json.dumps({"users": users, "keys": keys}))
