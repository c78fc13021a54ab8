"""The schema of published tables; a version that is deleted takes its table along."""

from django.db import migrations

FORWARD = """
create schema if not exists open;
create function catalogue_version_gone() returns trigger language plpgsql as $$
begin
  execute format('drop table if exists open.%I', 't' || old.id);
  return null;
end $$;
create trigger catalogue_version_gone after delete on catalogue_version
  for each row execute function catalogue_version_gone();
"""
BACK = """
drop trigger catalogue_version_gone on catalogue_version;
drop function catalogue_version_gone;
drop schema open cascade;
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
