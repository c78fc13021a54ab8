"""Files that tables come from, kept as they came; the same file twice is kept once."""

from hashlib import sha256

from stadtkern.kernel.catalogue.models import StoredFile

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def stored(name: str, content: bytes) -> StoredFile:
    """This file."""
    digest = sha256(content).hexdigest()
    known = StoredFile.objects.filter(sha256=digest, name=name[:255]).first()
    return known or StoredFile.objects.create(
        name=name[:255], media_type=XLSX if name.endswith(".xlsx") else "text/csv",
        size=len(content), sha256=digest, content=content,
    )  # fmt: skip
