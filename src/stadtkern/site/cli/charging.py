"""`charging import`: takes an edition of the federal register of charging stations in."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from stadtkern.site.cli import django_ready

if TYPE_CHECKING:
    from stadtkern.systems.charging.logic.register.comparing import Plan


@click.group(short_help="Take the register of charging stations in.")
def charging() -> None:
    """Charging points."""


@charging.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="As of; else the file must say it.")
@click.option("--dry-run", is_flag=True, help="Read and compare, but store nothing.")
def import_(path: Path, day: datetime | None, dry_run: bool) -> None:
    """Take the register of the Bundesnetzagentur in (CSV or Excel, any layout since 2019).

    What is clear is stored; what is doubtful waits for staff. Ends with code 1 where the file
    cannot be read, has been taken in before, or does not say which day it is as of.
    """
    django_ready.load(database=True)
    from stadtkern.systems.charging.logic.register import comparing, table, taking

    try:
        plan = comparing.plan(path.read_bytes())
        _show(plan)
        if dry_run:
            click.echo("Nothing was stored: dry run.")
            return
        when = day.date() if day else plan.day
        if when is None:
            _stop(path, "the file does not say its day: give it with --day.")
        _take(plan, path, when)
    except table.Unusable as problem:
        _stop(path, str(problem))
    except taking.Taken:
        _stop(path, "this very file has been taken in before.")


def _take(plan: "Plan", path: Path, when: date) -> None:
    from django.db import transaction

    from stadtkern.kernel.audit.models import record
    from stadtkern.systems.charging.logic.register import taking

    with transaction.atomic():
        edition = taking.take(plan, day=when, name=path.name)
        record("system", "charging.register", edition, **plan.counts)


def _show(plan: "Plan") -> None:
    click.echo(f"{plan.rows} rows, {plan.rows - plan.elsewhere} of the city; {plan.layout}")
    click.echo(", ".join(f"{number} {state}" for state, number in plan.counts.items()))
    for site in plan.of("doubtful", "outside", "conflict"):
        click.echo(f"  {site.state:9} {site.first.operator}, {site.first.street}")
    for gone in plan.gone:
        click.echo(f"  gone      {gone.uid}")


def _stop(path: Path, why: str) -> NoReturn:
    click.echo(f"stadtkern: {path}: {why}", err=True)
    sys.exit(1)
