"""How people find datasets: an entry for each, kept by triggers whoever writes."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
create function catalogue_fold(text) returns text immutable language sql
return replace(replace(replace(replace(
  translate(lower($1), 'äöüàáâçèéêëíîñóôúû', 'aouaaaceeeeiinoouu'),
  'ß', 'ss'), 'ae', 'a'), 'oe', 'o'), 'ue', 'u');

-- The parser takes signs beyond ASCII for letters: a quoted word would not be found without quotes.
create function catalogue_plain(text) returns text immutable language sql
return translate(coalesce($1, ''), '„“”‚‘’»«›‹–—…·•×§°', repeat(' ', 18));

create function catalogue_words(german text, english text, weight "char")
returns tsvector immutable language sql
return setweight(to_tsvector('pg_catalog.german'::regconfig, catalogue_plain(german)), weight)
  || setweight(to_tsvector('pg_catalog.german'::regconfig,
                           catalogue_fold(catalogue_plain(german))), weight)
  || setweight(to_tsvector('pg_catalog.english'::regconfig, catalogue_plain(english)), weight);

create table catalogue_entry (
  dataset_id bigint primary key references catalogue_dataset on delete cascade,
  words tsvector not null,
  names text not null,
  formats varchar(40)[] not null,
  columns varchar(60)[] not null,
  spatial boolean not null,
  west double precision,
  south double precision,
  east double precision,
  north double precision,
  used bigint not null default 0 check (used >= 0),
  written timestamptz not null default now()
);
create index catalogue_entry_words on catalogue_entry using gin (words);
create index catalogue_entry_written on catalogue_entry (written);

create function catalogue_entry_write(changed bigint) returns void language sql as $$
  with parts as (
    select r.kind, r.title, r.title_en, r.format, v.fields, f.name as file,
      coalesce(jsonb_path_exists(v.fields, '$[*] ? (@.kind == "geometry")'), false) as shaped,
      (v.statistics #>> '{box,0}')::float8 as west, (v.statistics #>> '{box,1}')::float8 as south,
      (v.statistics #>> '{box,2}')::float8 as east, (v.statistics #>> '{box,3}')::float8 as north
    from catalogue_resource r
    left join catalogue_version v on v.resource_id = r.id and v.current
    left join catalogue_storedfile f on f.id = v.file_id
    where r.dataset_id = changed
  ), columns as (
    select array_agg(distinct c ->> 'slug') as slugs,
      string_agg(c ->> 'title', ' ') as german, string_agg(c ->> 'title_en', ' ') as english
    from parts, jsonb_array_elements(parts.fields) c
  ), formats as (
    select array_agg(distinct one order by one) as named from parts, unnest(
      case when kind = 'table' then array['CSV', 'JSON', 'XLSX', 'PARQUET']
        || case when shaped then array['GEOJSON', 'GPKG'] else '{}' end
      else array[upper(coalesce(
        nullif(regexp_replace(format, '^.*[/.]', ''), ''), substring(file from '[.]([^.]+)$')))]
      end) one
    where one is not null
  ), whole as (
    select bool_or(shaped) as shaped, min(west) as west, min(south) as south, max(east) as east,
      max(north) as north, string_agg(title, ' ') as german, string_agg(title_en, ' ') as english
    from parts
  )
  insert into catalogue_entry
    (dataset_id, words, names, formats, columns, spatial, west, south, east, north)
  select d.id,
    catalogue_words(d.title, d.title_en, 'A')
      || catalogue_words(array_to_string(d.keywords, ' '), array_to_string(d.keywords_en, ' '), 'B')
      || catalogue_words(w.german, w.english, 'B')
      || catalogue_words(left(d.about, 20000), left(d.about_en, 20000), 'C')
      || catalogue_words(concat_ws(' ', c.german, p.name), c.english, 'D'),
    concat_ws(' ', d.title, d.title_en, array_to_string(d.keywords, ' '),
              array_to_string(d.keywords_en, ' '), c.german, c.english),
    coalesce(f.named, '{}'), coalesce(c.slugs, '{}'),
    coalesce(w.shaped, false) or d.west is not null,
    coalesce(d.west, w.west), coalesce(d.south, w.south),
    coalesce(d.east, w.east), coalesce(d.north, w.north)
  from catalogue_dataset d
  join catalogue_publisher p on p.id = d.publisher_id
  cross join columns c cross join formats f cross join whole w
  where d.id = changed
  on conflict (dataset_id) do update set
    words = excluded.words, names = excluded.names, formats = excluded.formats,
    columns = excluded.columns, spatial = excluded.spatial, west = excluded.west,
    south = excluded.south, east = excluded.east, north = excluded.north,
    written = clock_timestamp()
  where (catalogue_entry.words, catalogue_entry.names, catalogue_entry.formats,
         catalogue_entry.columns, catalogue_entry.spatial, catalogue_entry.west,
         catalogue_entry.south, catalogue_entry.east, catalogue_entry.north)
    is distinct from
        (excluded.words, excluded.names, excluded.formats, excluded.columns, excluded.spatial,
         excluded.west, excluded.south, excluded.east, excluded.north)
$$;

create function catalogue_entry_changed() returns trigger language plpgsql as $$
declare
  row record;
begin
  if tg_op = 'DELETE' then row := old; else row := new; end if;
  if tg_table_name = 'catalogue_dataset' then
    perform catalogue_entry_write(row.id);
  elsif tg_table_name = 'catalogue_resource' then
    perform catalogue_entry_write(row.dataset_id);
  elsif tg_table_name = 'catalogue_publisher' then
    perform catalogue_entry_write(id) from catalogue_dataset where publisher_id = row.id;
  else
    perform catalogue_entry_write(dataset_id) from catalogue_resource where id = row.resource_id;
  end if;
  return null;
end $$;

create trigger catalogue_entry_dataset
  after insert or update of title, title_en, about, about_en, keywords, keywords_en, publisher_id,
    west, south, east, north on catalogue_dataset
  for each row execute function catalogue_entry_changed();
create trigger catalogue_entry_resource
  after insert or delete or update of dataset_id, kind, title, title_en, format
  on catalogue_resource for each row execute function catalogue_entry_changed();
create trigger catalogue_entry_publisher
  after update of name on catalogue_publisher
  for each row when (old.name <> new.name) execute function catalogue_entry_changed();
create trigger catalogue_entry_version
  after insert or update of current, fields, file_id, statistics on catalogue_version
  for each row when (new.current) execute function catalogue_entry_changed();
create trigger catalogue_entry_version_gone
  after delete on catalogue_version
  for each row when (old.current) execute function catalogue_entry_changed();

select catalogue_entry_write(id) from catalogue_dataset;
"""
BACK = """
drop trigger catalogue_entry_version_gone on catalogue_version;
drop trigger catalogue_entry_version on catalogue_version;
drop trigger catalogue_entry_publisher on catalogue_publisher;
drop trigger catalogue_entry_resource on catalogue_resource;
drop trigger catalogue_entry_dataset on catalogue_dataset;
drop function catalogue_entry_changed;
drop function catalogue_entry_write;
drop table catalogue_entry;
drop function catalogue_words;
drop function catalogue_plain;
drop function catalogue_fold;
"""

# Rows are written by the triggers alone, and go with their dataset: Django need not know how.
STATE = migrations.CreateModel(
    name="Entry",
    fields=[
        (
            "dataset",
            models.OneToOneField(
                on_delete=django.db.models.deletion.DO_NOTHING,
                primary_key=True,
                related_name="entry",
                serialize=False,
                to="catalogue.dataset",
            ),
        ),
        ("words", django.contrib.postgres.search.SearchVectorField()),
        ("names", models.TextField()),
        (
            "formats",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), size=None
            ),
        ),
        (
            "columns",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), size=None
            ),
        ),
        ("spatial", models.BooleanField()),
        ("west", models.FloatField(null=True)),
        ("south", models.FloatField(null=True)),
        ("east", models.FloatField(null=True)),
        ("north", models.FloatField(null=True)),
        ("used", models.BigIntegerField(default=0)),
        ("written", models.DateTimeField()),
    ],
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("catalogue", "0005_harvest")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORWARD, BACK)], state_operations=[STATE]
        )
    ]
