"""Versions of codecs: every change keeps what was before, with its author and a note."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from django.db import transaction

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import CodecVersion, Profile, fingerprint


class Outdated(Exception):
    """Somebody else saved meanwhile; `version` is what stands there now."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What a codec shall be from now on, and the version it was begun from."""

    kind: str
    codec: str
    begun: int
    note: str = ""
    author: str = ""


def as_version(profile: Profile) -> CodecVersion:
    """The profile's codec as it is now, as a version that is not stored yet."""
    return CodecVersion(
        profile=profile,
        number=profile.version,
        codec_kind=profile.codec_kind,
        codec=profile.codec,
        measures=profile.measures,
    )


def keep(profile: Profile, *, note: str = "", author: str = "") -> None:
    """Keep the present state of a profile's codec and mapping, unless it is kept already."""
    version = as_version(profile)
    version.note, version.author = note[:300], author[:200]
    CodecVersion.objects.bulk_create([version], ignore_conflicts=True)


def change(number: int, wanted: Change, *, actor: Any) -> Profile:
    """Make a new version of a profile's codec, or none where nothing differs; Outdated else."""
    with transaction.atomic():
        profile = Profile.objects.select_for_update().get(pk=number)
        if profile.version != wanted.begun:
            raise Outdated(profile.version)
        if (profile.codec, profile.codec_kind) == (wanted.codec, wanted.kind):
            return profile
        keep(profile)
        before = fingerprint(profile.codec)
        profile.codec, profile.codec_kind = wanted.codec, wanted.kind
        profile.version += 1
        # What the examples showed was true of the codec before.
        profile.stateless, profile.checked = False, None
        profile.examples_good = profile.examples_bad = None
        profile.results = []
        profile.save()
        keep(profile, note=wanted.note, author=wanted.author)
        record(
            actor,
            "devices.codec",
            profile,
            version=profile.version,
            before=before,
            after=fingerprint(wanted.codec),
            note=wanted.note,
        )
    return profile


def diff(before: str, after: str) -> Sequence[tuple[str, str]]:
    """The lines of a unified diff, each with its sign: `+`, `-`, `@` or a space."""
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    return [(line[:1], line[1:] if line[0] != "@" else line) for line in list(lines)[2:]]
