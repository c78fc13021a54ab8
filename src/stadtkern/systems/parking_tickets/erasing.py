"""Forgets the mail addresses of people who bought here."""

from datetime import datetime

from stadtkern.systems.parking_tickets.models import Session


def addresses(older_than: datetime) -> int:
    """Of rights that ended before; what the books need stays."""
    rows = Session.objects.filter(email__isnull=False, during__endswith__lt=older_than)
    return rows.update(email=None, remind=False)
