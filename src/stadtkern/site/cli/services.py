"""`services`: what the catalogue of services holds; `services import` takes XZuFi or a table in."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stadtkern.site.cli import django_ready

if TYPE_CHECKING:
    from stadtkern.kernel.cases.catalogue.taking import Change, Incoming


@click.group(invoke_without_command=True, short_help="Count services; take a catalogue in.")
@click.pass_context
def services(ctx: click.Context) -> None:
    """Say how many services there are, how far they go online, and what they lack."""
    if ctx.invoked_subcommand:
        return
    django_ready.load(database=True)
    from stadtkern.kernel.cases.catalogue import missing, state
    from stadtkern.kernel.cases.models import Service

    for reach, number in state.counts().items():
        click.echo(f"{number:6}  {reach}")
    for key in missing.TITLES:
        number = Service.objects.filter(missing.condition(key)).count()
        click.echo(f"{number:6}  lack: {key}")


@services.command("import")
@click.argument("source")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and store nothing.")
@click.option("--complete", is_flag=True, help="What the source no longer names is marked as gone.")
@click.option(
    "--both", type=click.Choice(["ask", "ours", "theirs"]), default="ask",
    help="Which text counts where the city and the source have changed it.",
)  # fmt: skip
@click.option(
    "--module", "modules", multiple=True, metavar="CODE=FIELD",
    help="A text module of the source by its code, such as 07=law. Can be said more than once.",
)  # fmt: skip
def import_(
    source: str, dry_run: bool, complete: bool, both: Any, modules: tuple[str, ...]
) -> None:  # fmt: skip
    """Take services in from SOURCE, a file or an address: XZuFi 2.2 or 2.3.1, or a table (CSV).

    It can run again: services are known by their number, texts that the city has changed stay,
    and what both have changed is listed. Ends with code 1 where nothing can be read.
    """
    django_ready.load(database=True)
    from stadtkern.kernel.cases.catalogue import taking

    told = _read(source, dict(one.split("=", 1) for one in modules if "=" in one))
    changes = taking.plan(told, side=both, complete=complete)
    _show(changes)
    if not dry_run:
        taking.carry_out(changes, "system")


def _read(source: str, codes: dict[str, str]) -> "list[Incoming]":
    from stadtkern.kernel.cases.catalogue import table
    from stadtkern.kernel.cases.catalogue.xzufi import reading
    from stadtkern.kernel.catalogue.harvest.fetch import NotRead, get

    try:
        if source.startswith(("http://", "https://")):
            content = get(source).body
        else:
            content = Path(source).read_bytes()
        if content.lstrip()[:1] == b"<":
            return reading.read(content, codes=codes)
        return table.read(content)
    except (reading.BadTransfer, table.BadTable, NotRead, OSError) as problem:
        click.echo(f"stadtkern: {source}: {problem}", err=True)
        sys.exit(1)


def _show(changes: "list[Change]") -> None:
    from stadtkern.kernel.cases.catalogue import taking

    for one in changes:
        notes = "".join(f"  {note}" for note in one.notes)
        if one.what != "same" or notes:
            click.echo(f"{one.what:8} {one.title}  {','.join(one.take)}{notes}")
        for conflict in one.conflicts:
            click.echo(f"conflict {one.title}  {conflict.key}")
    counts = (f"{number} {what}" for what, number in taking.counted(changes).items() if number)
    click.echo(", ".join(counts) or "Nothing.")
