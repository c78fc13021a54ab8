"""Dates and numbers of a language where Django's own would mislead here."""
