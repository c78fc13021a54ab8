"""Keeps in the database which codecs are paused: staff see it, and every process heeds it."""

from collections.abc import Mapping

from django.db.models import Q

from stadtkern.kernel.devices.models import Profile, fingerprint
from stadtkern.kernel.devices.models.profile import CodecKind


def keep_pauses(paused: Mapping[str, str]) -> int:
    """Note the pool's paused codecs (name: reason) on their profiles; how many are new."""
    if not paused:
        return 0
    kept = 0
    scripts = Profile.objects.filter(codec_kind=CodecKind.JAVASCRIPT)
    for profile in scripts.only("pk", "codec", "version", "paused", "paused_version"):
        reason = paused.get(fingerprint(profile.codec))
        if reason and not profile.pause:
            # Only this version: a newer one may have been saved in this moment.
            kept += Profile.objects.filter(pk=profile.pk, version=profile.version).update(
                paused=reason[:300], paused_version=profile.version
            )
    return kept


def release(profile: Profile) -> bool:
    """Let a paused codec run again, within a minute everywhere; False where it was not paused."""
    paused = Profile.objects.filter(~Q(paused=""), pk=profile.pk)
    return paused.update(paused="", paused_version=None) > 0
