"""`load-demo`: the demo city's people, basemap and every system's demo data."""

import json
import os
import random
import secrets
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from stadtkern.site.cli import django_ready
from stadtkern.site.cli.serve import write_private

SEED = 44623
PEOPLE = (
    ("admin", "administrator", ()),
    ("betrieb", "operator", ("operator", "parking.warden", "open_data.answers",
                             "projects.editor", "bike_boxes.operator", "mobility_hubs.manager",
                             "charging.operator", "parking_tickets.manager",
                             "events.editor", "news.editor", "esports.referee",
                             "appointments.manager", "service_portal.publisher",
                             "digital_maturity.steward", "service_reuse.decider")),
    ("daten", "data", ("data", "parking.warden", "open_data.answers", "statistics.office",
                       "projects.author", "data_improvement.curator")),
    ("schalter", "clerk", ("appointments.clerk",)),
    ("kasse", "treasury", ("treasury",)),
    ("lesen", "reader", ("reader",)),
    ("ordnung", "parking officer", ("parking_tickets.officer",)),
    ("bussgeld", "fines office", ("parking_tickets.fines",)),
    ("forum", "forum helper", ("digital_forum.manager", "social_benefits.steering")),
)  # fmt: skip
# Who works in one department only: log-in, title, department, role there.
IN_DEPARTMENTS = (
    ("amt", "office", "buergerdienste", "service_portal.clerk"),
    ("leitung", "office head", "buergerdienste", "service_portal.head"),
    ("soziales", "social office", "soziales", "service_portal.clerk"),
)
# As the portal's own demo names them.
DEPARTMENTS = {
    "buergerdienste": ("Fachbereich 24 – Bürgerdienste", "Citizens' services (department 24)"),
    "soziales": ("Fachbereich 41 – Soziales", "Social services (department 41)"),
}
# Invented; Erika Mustermann is the specimen of the identity card.
CITIZENS = (
    ("erika.mustermann@example.org", "citizen", "Erika", "Mustermann"),
    ("leyla.beispiel@example.org", "second citizen", "Leyla", "Beispiel"),
)


@click.command(short_help="Fill the database with the demo city.")
def load_demo() -> None:
    """Fill the database; can run again, and stops at nothing that is there already."""
    django_ready.load(database=True)
    from stadtkern.kernel import registry
    from stadtkern.kernel.catalogue.declared import refresh_all
    from stadtkern.site.demo_city.boards import load_boards
    from stadtkern.site.demo_city.checks import make_checks
    from stadtkern.site.demo_city.identity import load_identity
    from stadtkern.site.demo_city.load import load_basemap
    from stadtkern.site.demo_city.measures import load_measures
    from stadtkern.site.demo_city.payments import load_payments
    from stadtkern.site.demo_city.rules import load_rules

    data = Path(os.environ.get("STADTKERN_DATA", "var")).resolve()
    _timed("people and keys", lambda: _people(data))
    _timed("city outline, stops and stations", load_basemap)
    _timed("payment providers", lambda: load_payments(data))
    _timed("sign-in services", lambda: load_identity(data))
    # The catalogue of services first: others reuse it, link to it. It is measured last.
    order = {"service_portal": 0, "digital_maturity": 2}
    for system in sorted(registry.active(), key=lambda one: order.get(one.slug, 1)):
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
    users += [*_in_departments(), *_citizens()]
    _, key = issue_key(label="Demo", scopes=("things:write",))
    keys = [{"scope": "things:write", "key": key}]
    write_private(path, json.dumps({"users": users, "keys": keys}))


def _in_departments() -> list[dict[str, str]]:
    """Clerks who see the cases of their own department only."""
    from stadtkern.kernel.people.models import Account, Department, Membership, Role

    users = []
    for login, title, slug, role in IN_DEPARTMENTS:
        office, _ = Department.objects.get_or_create(
            slug=slug,
            defaults=dict(zip(("title", "title_en"), DEPARTMENTS[slug], strict=True)),
        )
        account, _ = Account.objects.get_or_create(username=login, defaults={"is_staff": True})
        for held in Role.objects.filter(slug=role):
            Membership.objects.get_or_create(account=account, department=office, role=held)
        users.append(_with_password(account, title, login))
    return users


def _citizens() -> list[dict[str, str]]:
    """City accounts of invented people, who sign in with their e-mail address."""
    from stadtkern.kernel import clock
    from stadtkern.kernel.identity.linking import new_username
    from stadtkern.kernel.people.models import Account

    users = []
    for email, title, given, family in CITIZENS:
        account, _ = Account.objects.get_or_create(
            email=email,
            defaults={"username": new_username(), "first_name": given, "last_name": family,
                      "email_confirmed": clock.now()},
        )  # fmt: skip
        users.append(_with_password(account, title, email))
    return users


def _with_password(account: Any, title: str, login: str) -> dict[str, str]:
    password = secrets.token_urlsafe(9)
    account.set_password(password)
    account.save()
    return {"role": title, "login": login, "password": password}
