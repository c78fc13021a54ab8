"""`check`, `systems`: what an operator looks at first."""

import sys

import click
from django.db import DatabaseError

from stadtkern.site.cli import django_ready
from stadtkern.site.cli.start import first_line


@click.command(short_help="Say what is wrong or missing.")
def check() -> None:
    """Check settings, database, front end and every system that is on; exit code 1 on problems."""
    django_ready.load()
    from django.core.checks import run_checks

    from stadtkern.site import problems

    found = [f"{m.msg} {m.hint or ''}".strip() for m in run_checks() if m.level >= 30]
    try:
        found += [f"{p.text} -> {p.fix}" if p.fix else str(p.text) for p in problems.everything()]
    except DatabaseError as error:
        found.append(f"The database does not answer: {first_line(error)}")
    for line in found:
        click.echo(f"- {line}")
    click.echo(f"{len(found)} problems." if found else "All is well.")
    sys.exit(1 if found else 0)


@click.command(short_help="List the installed city systems.")
def systems() -> None:
    """List installed systems, whether they are on, and how much they contribute."""
    django_ready.load()
    from stadtkern.kernel import registry

    kinds = ("layers", "tiles", "services", "profiles", "jobs", "listens", "roles")
    click.echo(f"{'system':16}{'state':7}" + "".join(f"{kind:>10}" for kind in kinds))
    for system in registry.installed():
        state = "on" if registry.is_on(system.slug) else "off"
        counts = "".join(f"{len(getattr(system, kind)):>10}" for kind in kinds)
        click.echo(f"{system.slug:16}{state:7}{counts}")
