"""Starts the simulator: `python simulators/parking_apps/run.py --demo var/demo.json`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from simulators.parking_apps.cli import main

if __name__ == "__main__":
    sys.exit(main())
