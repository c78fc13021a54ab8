"""Which licence a repository is under, from its own files."""

from collections.abc import Sequence

from stadtkern.kernel.devices.repository import texts
from stadtkern.kernel.devices.repository.files import LICENCES, FileProblem, Files

# A sentence that stands in the licence's text -> SPDX identifier.
TEXTS = (
    ("apache license", "Apache-2.0"),
    ("permission is hereby granted, free of charge", "MIT"),
    ("gnu affero general public license", "AGPL-3.0"),
    ("gnu lesser general public license", "LGPL-3.0"),
    ("gnu general public license", "GPL-3.0"),
    ("european union public licence", "EUPL-1.2"),
    ("redistribution and use in source and binary forms", "BSD"),
)


def licence(files: Files, root: str, folders: Sequence[str] = ("",)) -> str:
    """SPDX identifier of the first licence text in these folders of the repository; else empty."""
    for folder in folders:
        for name in sorted(n for n in files.names if n.startswith(root + folder)):
            inside = name[len(root + folder) :]
            if inside.lower() in LICENCES and (found := _named(files, name)):
                return found
    return _of_package(files, f"{root}package.json")


def _named(files: Files, name: str) -> str:
    try:
        words = " ".join(texts.text(files, name).lower().split())
    except FileProblem:
        return ""
    return next((spdx for sentence, spdx in TEXTS if sentence in words), "")


def _of_package(files: Files, name: str) -> str:
    try:
        said = texts.read(files, name) if name in files.names else {}
    except FileProblem:
        return ""
    found = said.get("license", "") if isinstance(said, dict) else ""
    return found[:40] if isinstance(found, str) else ""
