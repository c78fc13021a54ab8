"""`devices`: lists devices; `devices import` takes a device repository in."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stadtkern.site.cli import django_ready

if TYPE_CHECKING:
    from stadtkern.kernel.devices.repository import Report

NAMES = {
    "decodeUplink": "uplinks",
    "encodeDownlink": "encoders",
    "decodeDownlink": "downlink decoders",
}


@click.group(invoke_without_command=True, short_help="List devices; import device profiles.")
@click.option("--silent", is_flag=True, help="Only those that were quiet for too long.")
@click.option("--trouble", is_flag=True, help="Only those whose codec failed last time.")
@click.pass_context
def devices(ctx: click.Context, silent: bool, trouble: bool) -> None:
    """List devices with their last sign of life."""
    if ctx.invoked_subcommand:
        return
    django_ready.load(database=True)
    from stadtkern.kernel.devices.models import Device

    rows = Device.objects.silent() if silent else Device.objects.watched()
    if trouble:
        rows = rows.exclude(problem="")
    for device in rows.select_related("profile").defer("profile__codec").iterator():
        click.echo(_line(device))
    click.echo(f"{rows.count()} devices.")


def _line(device: Any) -> str:
    seen = f"{device.last_seen:%Y-%m-%d %H:%M:%S}Z" if device.last_seen else "never"
    words = [device.problem] if device.problem else []
    if device.resting:
        words.append("resting")
    elif device.silent_from < datetime.now(UTC):
        words.append(f"silent since {device.silent_from:%Y-%m-%d %H:%M}Z")
    said = "".join(f"  {one}" for one in words)
    return f"{device.dev_eui}  {seen:21}  {device.profile.slug:20}  {device.name}{said}"


@devices.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--check-examples", is_flag=True, help="Run the examples that come with each codec.")
@click.option("--vendor", default="", help="Only this vendor, by its folder's name.")
@click.option("--dry-run", is_flag=True, help="Read and check, but store nothing.")
def import_(path: Path, check_examples: bool, vendor: str, dry_run: bool) -> None:
    """Import device profiles with their codecs from a folder or zip.

    Reads the layouts of TheThingsNetwork/lorawan-devices, chirpstack/chirpstack-device-profiles and
    Milesight-IoT/SensorDecoders. It can run again: nothing is made twice, and what the city has
    changed stays. Ends with code 1 where nothing can be read, and 0 else: examples that differ
    are listed with their reasons.
    """
    django_ready.load(database=not dry_run)
    from stadtkern.kernel.devices import repository

    try:
        report = _run(path, check=check_examples, vendor=vendor, dry=dry_run)
    except repository.Unusable as problem:
        click.echo(f"stadtkern: {path}: {problem}", err=True)
        sys.exit(1)
    _show(report)
    if not dry_run:
        _record(path, report)


def _run(path: Path, *, check: bool, vendor: str, dry: bool) -> "Report":
    from stadtkern.kernel.devices import repository

    if path.is_dir():
        files = repository.folder(path)
        return repository.run(files, check_examples=check, vendor=vendor, dry=dry, told=_told)
    with path.open("rb") as file:
        held = repository.archive(file)
        return repository.run(held, check_examples=check, vendor=vendor, dry=dry, told=_told)


def _told(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {total} vendors", err=True, nl=done == total)


def _record(path: Path, report: "Report") -> None:
    from stadtkern.kernel.audit.models import record

    record(
        "system",
        "profiles.import",
        path.name,
        layout=report.layout,
        new=report.new,
        changed=report.changed,
    )


def _show(report: "Report") -> None:
    click.echo(f"{report.layout}, licence {report.licence or 'not stated'}")
    click.echo(
        f"{report.vendors} vendors, {report.devices} devices ({report.with_codec} with a codec), "
        f"{report.codecs} codecs ({report.unused} used by no device)"
    )
    said = ", ".join(f"{report.examples[function]} {name}" for function, name in NAMES.items())
    click.echo(f"examples: {said}")
    if report.checked:
        _show_checks(report)
    for problem in report.problems:
        detail = f" ({problem.detail})" if problem.detail else ""
        click.echo(f"  left out  {problem.path}: {problem.reason}{detail}")
    if report.more:
        click.echo(f"  and {report.more} more")
    if report.stored:
        click.echo(
            f"profiles: {report.new} new, {report.changed} brought up to date, {report.same} as "
            f"they were; {report.edited} keep the city's own codec"
        )
    else:
        click.echo("Nothing was stored: dry run.")


def _show_checks(report: "Report") -> None:
    click.echo(f"{'':20}{'exact':>8}{'close':>8}{'differing':>11}{'':4}reproduced")
    for function, name in NAMES.items():
        tally = report.tallies[function]
        share = f"{(tally.total - tally.differing) / tally.total:.1%}" if tally.total else "-"
        click.echo(f"{name:20}{tally.exact:>8}{tally.close:>8}{tally.differing:>11}{share:>14}")
    for one in report.failures:
        where = one.path if one.used else f"{one.path} (used by no device)"
        click.echo(f"  differs  {where}: {one.function}, {one.description}: {one.reason}")
