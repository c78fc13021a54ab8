"""Who did what: entries that nobody edits, with a retention."""
