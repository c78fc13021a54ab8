"""`init`, `migrate`, `createadmin`: from an empty database to a working city."""

import os
from pathlib import Path

import click

from stadtkern.kernel.city import CityFileProblem
from stadtkern.site.cli import django_ready

TEMPLATE = """# {name}. A section [systems.<slug>] turns a system on.

[city]
name = "{name}"
time_zone = "{zone}"
colour = "#00705c"
# West, south, east, north of the city, in degrees.
bounds = [{bounds}]

[web]
hosts = ["localhost", "127.0.0.1"]

[systems.environment]

[systems.parking]
"""


@click.command(short_help="Write a city file for a new city.")
@click.argument("path", type=click.Path(path_type=Path), default=Path("city.toml"))
@click.option("--name", prompt="Name of the city")
@click.option(
    "--bounds", prompt="West, south, east, north in degrees", default="5.9, 47.3, 15.0, 55.0"
)
@click.option("--zone", default="Europe/Berlin", show_default=True)
def init(path: Path, name: str, bounds: str, zone: str) -> None:
    """Write a city file to begin with; an existing file is never overwritten."""
    if path.exists():
        raise CityFileProblem(f"{path} exists already; choose another name or delete it.")
    path.write_text(TEMPLATE.format(name=name, bounds=bounds, zone=zone), encoding="utf-8")
    click.echo(f"Wrote {path}. Next: stadtkern serve, or DATABASE_URL=... stadtkern migrate.")


@click.command(short_help="Create or update tables, roles and device profiles.")
def migrate() -> None:
    """Bring the database to this version; can run any number of times."""
    django_ready.load(database=True)
    from django.core.management import call_command

    from stadtkern.kernel.alerts import defaults
    from stadtkern.kernel.devices import provision
    from stadtkern.kernel.devices.networks import home
    from stadtkern.kernel.people import roles
    from stadtkern.kernel.things import upkeep

    call_command("migrate", interactive=False, verbosity=0)
    roles.sync()
    changed = provision.sync_profiles()
    home.provide()
    defaults.ensure()
    upkeep.make_partitions()
    click.echo(f"The database is up to date ({changed} device profiles new or changed).")


@click.command(short_help="Create the first administrator.")
@click.option("--login", prompt=True)
@click.option("--email", default="")
def createadmin(login: str, email: str) -> None:
    """Create an administrator; the password comes from STADTKERN_PASSWORD or is asked for."""
    django_ready.load(database=True)
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from stadtkern.kernel.audit.models import record
    from stadtkern.kernel.people.models import Account

    password = os.environ.get("STADTKERN_PASSWORD") or click.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    if Account.objects.filter(username=login).exists():
        raise click.ClickException(f"There is an account {login} already.")
    try:
        validate_password(password, Account(username=login, email=email))
    except ValidationError as error:
        raise click.ClickException(" ".join(error.messages)) from None
    account = Account.objects.create_superuser(login, email, password)
    record("command line", "people.createadmin", account)
    click.echo(f"{login} can log in at /login/.")


def first_line(error: BaseException) -> str:
    """The first line of an error's text."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
