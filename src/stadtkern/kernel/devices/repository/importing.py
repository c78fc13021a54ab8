"""Reads a repository vendor by vendor, checks its examples and stores its devices."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils.translation import gettext_noop as _

from stadtkern.kernel.devices.repository.check import (
    FUNCTIONS,
    Checked,
    Tally,
    check,
    reason,
    tallies,
)
from stadtkern.kernel.devices.repository.chirpstack import ChirpstackProfiles
from stadtkern.kernel.devices.repository.files import Files, Unusable
from stadtkern.kernel.devices.repository.found import Found, Layout, Part, Problem
from stadtkern.kernel.devices.repository.milesight import SensorDecoders
from stadtkern.kernel.devices.repository.storing import store
from stadtkern.kernel.devices.repository.ttn import LorawanDevices
from stadtkern.kernel.devices.sandbox import CodecPool

LAYOUTS = (LorawanDevices, ChirpstackProfiles, SensorDecoders)
BATCH = 200
MOST_PROBLEMS = 2000

Told = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """An example that differs, with the codec that it belongs to and whether a device uses it."""

    path: str
    function: str
    description: str
    reason: str
    used: bool


@dataclass(kw_only=True, slots=True)
class Report:
    """What an import found and did.

    `devices` are those that the vendors list, `with_codec` those that became or could become
    profiles, `codecs` all that can be read, `unused` those that no device names.
    """

    layout: str = ""
    licence: str = ""
    vendors: int = 0
    devices: int = 0
    with_codec: int = 0
    codecs: int = 0
    unused: int = 0
    examples: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FUNCTIONS, 0))
    tallies: dict[str, Tally] = field(default_factory=lambda: dict.fromkeys(FUNCTIONS, Tally()))
    checked: bool = False
    stored: bool = False
    new: int = 0
    changed: int = 0
    same: int = 0
    edited: int = 0
    failures: list[Failure] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    more: int = 0

    @property
    def differing(self) -> int:
        """How many examples differ in all."""
        return sum(one.differing for one in self.tallies.values())

    def as_json(self) -> dict[str, Any]:
        """The report as a page or another program reads it."""
        said: dict[str, Any] = msgspec.to_builtins(self)
        return said


def run(
    files: Files,
    *,
    check_examples: bool = False,
    vendor: str = "",
    dry: bool = False,
    told: Told = lambda done, total: None,
) -> Report:
    """Import what the files hold. `told` hears after each vendor how many of how many are done.

    Unusable where the files are no device repository, or know no such vendor.
    """
    layout = opened(files)
    chosen = _chosen(layout, vendor)
    report = Report(layout=layout.name, checked=check_examples, stored=not dry)
    report.vendors = len(chosen)
    with CodecPool(workers=1) as pool:
        for waiting, checked, number in _batches(layout, chosen, pool, report):
            if not dry:
                _store(waiting, checked, report)
            told(number, len(chosen))
    _note(report, files.problems)
    return report


def opened(files: Files) -> Layout:
    """The repository in these files; Unusable where they hold none."""
    for layout in LAYOUTS:
        if found := layout.opened(files):
            return found
    raise Unusable(_("This holds no device repository: neither vendor/index.yaml nor vendors/."))


def _chosen(layout: Layout, vendor: str) -> list[str]:
    vendors = layout.vendors()
    if not vendor:
        return vendors
    if vendor not in vendors:
        raise Unusable(_("The repository has no such vendor with devices."))
    return [vendor]


def _batches(
    layout: Layout, vendors: Sequence[str], pool: CodecPool, report: Report
) -> Iterator[tuple[list[Found], dict[str, Checked], int]]:
    """Devices in steps that bound memory and transactions, with how many vendors are read."""
    waiting: list[Found] = []
    checked: dict[str, Checked] = {}
    for number, vendor in enumerate(vendors, 1):
        part = layout.part(vendor)
        _count(part, report)
        waiting += part.devices
        if report.checked:
            checked |= _checked(part, pool, report)
        if len(waiting) >= BATCH or number == len(vendors):
            yield waiting, checked, number
            waiting, checked = [], {}


def _count(part: Part, report: Report) -> None:
    used = {device.codec.path for device in part.devices}
    report.devices += part.listed
    report.with_codec += len(part.devices)
    report.codecs += len(part.codecs)
    report.unused += sum(codec.path not in used for codec in part.codecs)
    for codec in part.codecs:
        for example in codec.examples:
            report.examples[example["function"]] += 1
    if part.devices:
        report.licence = str(part.devices[0].origin.get("licence") or report.licence)
    _note(report, part.problems)


def _checked(part: Part, pool: CodecPool, report: Report) -> dict[str, Checked]:
    used = {device.codec.path for device in part.devices}
    found = {}
    for codec in part.codecs:
        found[codec.path] = done = check(pool, codec.source, codec.examples)
        for function, tally in tallies(done.results).items():
            report.tallies[function] += tally
        report.failures += [
            Failure(
                path=codec.path,
                function=one.function,
                description=one.description,
                reason=reason(one),
                used=codec.path in used,
            )
            for one in done.bad
        ]
    return found


def _store(waiting: Sequence[Found], checked: Mapping[str, Checked], report: Report) -> None:
    done = store(waiting, checked)
    report.new += done.new
    report.changed += done.changed
    report.same += done.same
    report.edited += done.edited
    _note(report, done.problems)


def _note(report: Report, problems: Sequence[Problem]) -> None:
    room = MOST_PROBLEMS - len(report.problems)
    report.problems += problems[:room]
    report.more += max(0, len(problems) - room)
