"""`forms`: lists form assistants; `forms import` makes a data schema of FIM a draft."""

from pathlib import Path

import click

from stadtkern.site.cli import django_ready


@click.group(invoke_without_command=True, short_help="List forms; import FIM data schemas.")
@click.pass_context
def forms(ctx: click.Context) -> None:
    """List forms with their version that people fill in."""
    if ctx.invoked_subcommand:
        return
    django_ready.load(database=True)
    from stadtkern.kernel.cases.models import FormVersion

    rows = FormVersion.objects.filter(state__in=["draft", "published"]).defer("definition")
    for row in rows.select_related("form").order_by("form__slug", "number"):
        click.echo(f"{row.form.slug:40} {row.number:4} {row.state:10} {row.form.title}")


@forms.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", "slug", required=True, help="The form by its name in the address.")
@click.option("--department", default="", help="The office of a new form, by its slug.")
def import_(path: Path, slug: str, department: str) -> None:
    """Make an XDatenfelder message (2.0 or 3.0.0) or a form in JSON the draft of a form.

    Nothing is published. Ends with code 1 and the reasons where the file cannot be used.
    """
    django_ready.load(database=True)
    from stadtkern.kernel.cases.forms import bringing
    from stadtkern.kernel.cases.forms.definition import FormProblem
    from stadtkern.kernel.cases.forms.xdf import NotXdf

    try:
        version, taken = bringing.into(slug, path.read_bytes(), department=department)
    except (FormProblem, NotXdf, bringing.NoHome) as problem:
        raise click.ClickException(str(problem)) from problem
    for note in (*taken.left, *taken.notes):
        click.echo(f"{note.where}: {note.text}")
    click.echo(
        f"{version.form.slug}: version {version.number} is a draft with "
        f"{len(taken.definition.steps)} steps and {len(taken.definition.fields())} fields."
    )
