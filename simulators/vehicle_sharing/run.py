"""Starts the simulator: `python simulators/vehicle_sharing/run.py --demo var/demo.json`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from simulators.vehicle_sharing.cli import main

if __name__ == "__main__":
    sys.exit(main())
