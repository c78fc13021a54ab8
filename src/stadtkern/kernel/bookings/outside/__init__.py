"""Reads outside calendars (ICS files and CalDAV servers) into absences of units."""
