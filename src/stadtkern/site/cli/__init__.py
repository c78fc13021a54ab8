"""The command line: `stadtkern --help` teaches it."""

import sys
from importlib import import_module

import click

from stadtkern.kernel.city import CityFileProblem
from stadtkern.kernel.registry import SystemProblem
from stadtkern.site.database import DatabaseProblem
from stadtkern.site.tree.problem import ServerProblem

# Command -> (module, what it does). Modules load only when asked for: Django is heavy.
COMMANDS = {
    "serve": ("serve", "Run the whole city in one tree of processes."),
    "demo": ("serve", "Run the demo city with simulated sensors."),
    "init": ("start", "Write a city file for a new city."),
    "migrate": ("start", "Create or update tables, roles and device profiles."),
    "createadmin": ("start", "Create the first administrator."),
    "web": ("processes", "Answer pages and APIs."),
    "worker": ("processes", "Do background and scheduled work."),
    "ingest": ("processes", "Take sensor messages from the broker into the database."),
    "check": ("look", "Say what is wrong or missing, with the place to fix it."),
    "systems": ("look", "List the installed city systems and what they contribute."),
    "devices": ("devices", "List devices; `devices import` takes device profiles in."),
    "services": ("services", "Count services; `services import` takes XZuFi or a table in."),
    "charging": ("charging", "`charging import` takes the register of charging stations in."),
    "forms": ("forms", "List forms; `forms import` takes a FIM data schema in."),
    "backup": ("backup", "Write the whole database into one file."),
    "restore": ("backup", "Read a backup into an empty database."),
    "frontend": ("frontend", "Build the front end and translations."),
    "load-demo": ("demo", "Fill the database with the demo city (part of `demo`)."),
}

EPILOG = """
A new city: `stadtkern init city.toml`, then `stadtkern serve`. With a database of your own, name it
in DATABASE_URL, run `stadtkern migrate` and `stadtkern createadmin`, then start `stadtkern web`,
`stadtkern worker` and `stadtkern ingest`, each as often as you like.
"""


class Teaching(click.Group):
    """A group that knows its commands by name and loads each on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"stadtkern.site.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name.replace("-", "_"))
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Teaching, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stadtkern")
def cli() -> None:
    """Stadtkern runs a city's digital systems as one.

    The city is described in city.toml (or the file that STADTKERN_CITY names); data lies in ./var
    (or STADTKERN_DATA); the pages answer on port 8000 (or PORT).
    """


PROBLEMS = (CityFileProblem, SystemProblem, DatabaseProblem, ServerProblem)


def main() -> None:
    """Run a command; what an operator can repair is told in one sentence, exit code 1."""
    try:
        cli()
    except PROBLEMS as problem:
        click.echo(f"stadtkern: {problem}", err=True)
        sys.exit(1)
