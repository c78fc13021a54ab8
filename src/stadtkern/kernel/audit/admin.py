"""The audit log in the admin: nobody edits it."""

from django.contrib import admin

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.people.admin import LookedAt


@admin.register(Entry)
class EntryAdmin(LookedAt):
    """Entries, newest first."""

    list_display = ("at", "actor", "verb", "target")
    search_fields = ("actor", "verb", "target")
