"""`frontend`: builds scripts, styles and translations without a restart."""

import click

from stadtkern.kernel.ui import build


@click.command(short_help="Build the front end and translations.")
@click.option("--watch", is_flag=True, help="Build again whenever a source changes.")
def frontend(watch: bool) -> None:
    """Build scripts and styles with the Node that comes as a wheel."""
    if watch:
        build.watch()
    else:
        build.run()
