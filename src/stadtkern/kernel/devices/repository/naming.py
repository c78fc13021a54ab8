"""Names of profiles, made from those of a repository."""

from hashlib import sha256

from django.utils.text import slugify

LONGEST = 80


def slug(vendor: str, device: str) -> str:
    """`vendor-device`; a long one keeps its beginning and stays its own."""
    name = slugify(f"{vendor}-{device.replace('/', '-').replace('.', '-')}") or "device"
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9]}-{sha256(name.encode()).hexdigest()[:8]}"


def short(text: str, length: int) -> str:
    """At most so many characters, without line ends and what no database keeps."""
    plain = " ".join(text.replace("\x00", "").split())
    return plain if len(plain) <= length else f"{plain[: length - 1]}…"
