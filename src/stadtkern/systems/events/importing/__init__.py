"""Reading the calendars of others."""
