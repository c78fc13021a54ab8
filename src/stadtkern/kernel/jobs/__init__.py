"""Background work: queued and scheduled, in the same database."""
