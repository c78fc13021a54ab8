"""Fails where a model has changed without its migration; needs no database."""

import sys

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState
from django.utils import translation

django.setup()
# Migrations hold the untranslated names.
translation.deactivate_all()
loader = MigrationLoader(None, ignore_no_migrations=True)
questioner = NonInteractiveMigrationQuestioner(specified_apps=set(), dry_run=True)
changed = MigrationAutodetector(
    loader.project_state(), ProjectState.from_apps(apps), questioner
).changes(loader.graph)
conflicts = loader.detect_conflicts()
if changed or conflicts:
    sys.exit(f"Migrations are missing or in conflict: {sorted({**changed, **conflicts})}")
