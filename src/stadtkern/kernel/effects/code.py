"""Which code reckons: the version of the release and a fingerprint of the methods' sources."""

import hashlib
from functools import lru_cache
from pathlib import Path

import stadtkern

METHODS = Path(__file__).parent / "methods"


@lru_cache(maxsize=1)
def version() -> str:
    """`0.1.0+` and twelve digits that change with any method."""
    digest = hashlib.sha256()
    for path in sorted(METHODS.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{stadtkern.__version__}+{digest.hexdigest()[:12]}"
