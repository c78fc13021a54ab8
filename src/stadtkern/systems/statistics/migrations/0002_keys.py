"""A cell's key must fit the dimensions of its table: one statement for each batch of cells."""

from django.db import migrations

CREATE = """
create function statistics_check_keys() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from fresh c
      join statistics_edition e on e.id = c.edition_id
      left join lateral (
        select count(*) as fits from unnest(c.key) with ordinality as part(item, place)
          join statistics_item i on i.id = part.item
          join statistics_dimension d on d.id = i.dimension_id
           and d.table_id = e.table_id and d.position = part.place - 1
      ) found on true
     where found.fits <> cardinality(c.key)
        or cardinality(c.key) <>
           (select count(*) from statistics_dimension d where d.table_id = e.table_id)
  ) then
    raise exception 'a key does not fit the dimensions of its table'
      using errcode = 'check_violation', constraint = 'statistics_cell_key_fits_table';
  end if;
  return null;
end $$;
create trigger statistics_cell_keys after insert on statistics_cell
  referencing new table as fresh for each statement execute function statistics_check_keys();
"""
DROP = """
drop trigger statistics_cell_keys on statistics_cell;
drop function statistics_check_keys();
"""


class Migration(migrations.Migration):
    dependencies = [("statistics", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
