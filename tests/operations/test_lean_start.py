"""What only one page or job needs is not in the memory of every process."""

import subprocess
import sys

HEAVY = {
    "PIL", "lxml", "mapbox_vector_tile", "openpyxl", "pandas", "pyarrow", "pygeofilter", "pyogrio",
    "pyproj", "pyshacl", "rdflib", "scipy", "sklearn", "statsmodels",
}  # fmt: skip
WEB = "from stadtkern.site import asgi; asgi.settle()"
WORKER = """
from stadtkern.site.cli import django_ready
django_ready.load(database=False)
from stadtkern.kernel.jobs import tasks
from stadtkern.site import work
tasks.register_periodic()
"""
LOADED = "import sys; print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"


def loaded(program: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{LOADED}"], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_the_web_process_starts_without_heavy_packages():
    names = loaded(WEB)
    assert "stadtkern" in names
    assert not names & HEAVY


def test_the_worker_starts_without_heavy_packages():
    names = loaded(WORKER)
    assert "procrastinate" in names
    assert not names & HEAVY
