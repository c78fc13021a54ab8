"""Brings uv into the clone with nothing but this Python: `bootstrap.py FOLDER`."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

UV = "uv>=0.9"


def main() -> None:
    """Make a virtual environment in FOLDER and install uv; one sentence where it cannot."""
    folder = Path(sys.argv[1])
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if sys.version_info < (3, 11):
        stop(f"Stadtkern needs Python 3.11 or newer, not {version}: name another, make PYTHON=...")
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        stop(f"This Python lacks venv or pip: install the package python{version}-venv.")
    run([sys.executable, "-m", "venv", str(folder)])
    run([str(folder / "bin" / "pip"), "install", "--quiet", UV])


def run(command: list[str]) -> None:
    """Run a step; its own words on failure."""
    if subprocess.run(command, check=False).returncode:
        stop(f"This step failed: {' '.join(command)}")


def stop(sentence: str) -> None:
    """Say why and end with exit code 1."""
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


main()
