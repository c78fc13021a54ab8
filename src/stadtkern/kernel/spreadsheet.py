"""What spreadsheet programs save: the text of a CSV file, and workbooks, opened with care."""

import io
import zipfile
from typing import Any, Final

ZIP: Final = b"PK\x03\x04"
OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
BOMS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Unreadable(Exception):
    """The workbook cannot be opened; `large` where it would unpack to more than is allowed."""

    def __init__(self, *, large: bool = False) -> None:
        super().__init__("too large" if large else "broken")
        self.large = large


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a CSV file, and the name of its encoding; a wrong byte becomes a sign."""
    for mark, encoding in BOMS.items():
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), encoding.upper()
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        # What offices on German Windows write; Latin-1 is inside of it.
        return content.decode("cp1252", errors="replace"), "Latin-1 (Windows)"


def workbook(content: bytes, *, unpacked: int, whole: bool = False) -> Any:
    """The workbook (.xlsx) with the results of its formulas; `whole` knows its merged areas too.

    Nothing is unpacked before it is known to be at most `unpacked` bytes. Raises Unreadable.
    """
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(one.file_size for one in packed.infolist())
        if size > unpacked:
            raise Unreadable(large=True)
        return load_workbook(io.BytesIO(content), read_only=not whole, data_only=True)
    except Unreadable:
        raise
    except Exception as error:  # it raises whatever its parsers raise
        raise Unreadable from error
