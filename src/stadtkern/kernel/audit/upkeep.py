"""Retention of the audit log."""

from datetime import timedelta

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import Entry


def forget_old_entries() -> str:
    """Delete audit entries past the city's retention."""
    limit = clock.now() - timedelta(days=registry.city().keep.audit_days)
    gone, _ = Entry.objects.filter(at__lt=limit).delete()
    return f"{gone} audit entries forgotten"
