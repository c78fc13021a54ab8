"""Starts the sensor simulator: `python simulators/sensors/run.py --demo var/demo.json`."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from simulators.sensors.cli import main  # noqa: E402 - found through the line above

if __name__ == "__main__":
    sys.exit(main())
