"""The files of a repository, from a folder or a zip, with limits on all that they could do."""

import os
import stat
import struct
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from django.utils.translation import gettext_noop as _

from stadtkern.kernel.devices.repository.found import Problem

WANTED = (".yaml", ".yml", ".js", ".json", ".toml")
LICENCES = ("license", "license.txt", "license.md", "copying")
MOST_FILES = 60_000
LONGEST_FILE = 2 * 2**20
LONGEST_TOTAL = 512 * 2**20
# 60,000 names of 250 bytes; a list of names beyond that would cost memory before it is looked at.
LONGEST_DIRECTORY = 16 * 2**20
DEEPEST = 8
END = struct.Struct("<4s4H2LH")  # PKZIP application note 4.3.16, end of central directory


class Unusable(Exception):
    """The whole repository cannot be read; the message says why, as a sentence to translate."""


class FileProblem(Exception):
    """One file cannot be read; the message says why, as a sentence to translate."""


class Files(Protocol):
    """Files by their path with slashes, relative to the repository."""

    names: frozenset[str]
    problems: list[Problem]

    def read(self, name: str) -> bytes:
        """The file's bytes; FileProblem where it is too long or not there."""
        ...


class Folder:
    """A folder on this machine; links in it are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._left = LONGEST_TOTAL
        self.problems: list[Problem] = []
        self.names = frozenset(self._walk())

    def _walk(self) -> Iterator[str]:
        seen = 0
        for top, folders, names in os.walk(self._root):
            inside = Path(top).relative_to(self._root)
            folders[:] = sorted(f for f in folders if self._enter(inside, f))
            for name in sorted(names):
                seen += 1
                if seen > MOST_FILES:
                    raise Unusable(_("There are more than 60,000 files."))
                path = (inside / name).as_posix()
                if wanted(path) and not self._is_link(path):
                    yield path

    def _enter(self, inside: Path, name: str) -> bool:
        path = (inside / name).as_posix()
        return not name.startswith(".") and not self._is_link(path) and path.count("/") < DEEPEST

    def _is_link(self, path: str) -> bool:
        link = (self._root / path).is_symlink()
        if link:
            self.problems.append(Problem(path=path, reason=_("A link to another file.")))
        return link

    def read(self, name: str) -> bytes:
        """The file's bytes, never through a link that took its place meanwhile."""
        if name not in self.names:
            raise FileProblem(_("There is no such file."))
        try:
            handle = os.open(self._root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise FileProblem(_("The file cannot be read.")) from error
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise FileProblem(_("Not an ordinary file."))
            content = _bounded(file, self._left)
        self._left -= len(content)
        return content


class Archive:
    """A zip; nothing is unpacked to disk, and no name in it leads anywhere."""

    def __init__(self, file: IO[bytes]) -> None:
        _look_at_directory(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise Unusable(_("This is not a zip file, or it is damaged.")) from error
        self._left = LONGEST_TOTAL
        self.problems: list[Problem] = []
        self._infos = {i.filename: i for i in self._usable(self._zip.infolist())}
        self.names = frozenset(self._infos)

    def _usable(self, infos: list[zipfile.ZipInfo]) -> Iterable[zipfile.ZipInfo]:
        if len(infos) > MOST_FILES:
            raise Unusable(_("There are more than 60,000 files."))
        for info in infos:
            if info.is_dir() or not wanted(info.filename):
                continue
            if reason := refusal(info):
                self.problems.append(Problem(path=info.filename[:200], reason=reason))
            else:
                yield info

    def read(self, name: str) -> bytes:
        """The file's bytes, unpacked in memory as far as the limits go."""
        info = self._infos.get(name)
        if info is None:
            raise FileProblem(_("There is no such file."))
        try:
            with self._zip.open(info) as file:
                content = _bounded(file, self._left)
        except FileProblem:
            raise
        # What a damaged entry raises depends on its compression: zlib, lzma, struct errors.
        except Exception as error:
            raise FileProblem(_("This part of the zip file is damaged.")) from error
        self._left -= len(content)
        return content


def folder(path: Path) -> Folder:
    """The files of a folder; Unusable where it is none."""
    if not path.is_dir():
        raise Unusable(_("There is no such folder."))
    return Folder(path)


def archive(file: IO[bytes]) -> Archive:
    """The files of a zip; Unusable where it is none or has too many files."""
    return Archive(file)


def wanted(path: str) -> bool:
    """Whether an importer may ask for this file."""
    name = path.rsplit("/", 1)[-1].lower()
    return name.endswith(WANTED) or name in LICENCES


def refusal(info: zipfile.ZipInfo) -> str:
    """Why an entry of a zip is not looked at; empty where it may be."""
    path = PurePosixPath(info.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in info.filename or ":" in info.filename:
        return _("The name leads out of the archive.")
    if stat.S_ISLNK(info.external_attr >> 16):
        return _("A link to another file.")
    if info.file_size > LONGEST_FILE:
        return _("The file is longer than 2 MB.")
    if info.flag_bits & 1:
        return _("The file is encrypted.")
    return ""


def _bounded(file: IO[bytes], left: int) -> bytes:
    """At most the longest file: what a zip says of a length is not believed."""
    content = file.read(LONGEST_FILE + 1)
    if len(content) > LONGEST_FILE:
        raise FileProblem(_("The file is longer than 2 MB."))
    if len(content) > left:
        raise FileProblem(_("The files together are longer than 512 MB."))
    return content


def _look_at_directory(file: IO[bytes]) -> None:
    """Refuse a list of names that would fill the memory, before anything reads it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65_535 - END.size))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < END.size:
        raise Unusable(_("This is not a zip file, or it is damaged."))
    length = END.unpack_from(tail, at)[5]
    # 0xFFFFFFFF stands for a zip64 archive, which no device repository needs.
    if length > LONGEST_DIRECTORY:
        raise Unusable(_("There are more than 60,000 files."))
    file.seek(0)
