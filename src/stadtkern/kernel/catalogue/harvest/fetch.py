"""Gets a document from another server, without harm: where it may ask, how much, how long."""

import base64
import json
import subprocess
import sys
from typing import Final

import msgspec
from django.utils.translation import gettext as _

from stadtkern.kernel import fetching, registry
from stadtkern.kernel.catalogue.harvest.found import Leaf
from stadtkern.kernel.fetching import Document, Limits, NotRead

__all__ = ["Document", "NotRead", "get", "leaf"]

ACCEPT: Final = (
    "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, application/json;q=0.7,"
    " */*;q=0.1"
)
SETTING: Final = "[catalogue] private_networks"
# Bytes and seconds for one document.
MOST: Final = 60 * 1024**2
LONGEST: Final = 180.0
PARSING: Final = 300


def get(url: str, *, etag: str = "", last_modified: str = "") -> Document:
    """A document; with what is known of it, only if it changed. Raises NotRead."""
    limits = Limits(
        networks=registry.city().catalogue.private_networks, setting=SETTING,
        most=MOST, longest=LONGEST, patience=30.0,
    )  # fmt: skip
    return fetching.get(url, limits, accept=ACCEPT, etag=etag, last_modified=last_modified)


def leaf(document: Document) -> Leaf:
    """The datasets of an RDF document, read in a process of its own. Raises NotRead."""
    order = {
        "body": base64.b64encode(document.body).decode(), "kind": document.kind,
        "base": document.url,
    }  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-m", "stadtkern.kernel.catalogue.harvest.reading"],
            input=json.dumps(order).encode(), capture_output=True, check=True, timeout=PARSING,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotRead(_("Reading the document takes too long.")) from None
    except subprocess.CalledProcessError as error:
        last = (error.stderr.decode(errors="replace").strip().splitlines() or [""])[-1]
        raise NotRead(_("The document cannot be read: %(why)s") % {"why": last[:300]}) from None
    answer = msgspec.json.decode(done.stdout)
    if "refused" in answer:
        raise NotRead(_("The document cannot be read: %(why)s") % {"why": answer["refused"]})
    return msgspec.convert(answer, Leaf)
