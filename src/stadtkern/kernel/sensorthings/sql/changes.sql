-- What has changed in which entity, in the order it was written; forgotten after an hour. Live
-- updates read it, also what they missed while they were away.
create table sensorthings_change (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  entity text not null,
  number bigint not null,
  columns text[] not null                -- of the table; '*' for a new row, '-' for a deleted one
);

-- A row as its columns; what an observation has in `extra` counts as columns of its own.
create function sensorthings_columns(given jsonb) returns jsonb language sql immutable as $$
  select (given - 'extra') || coalesce(nullif(given -> 'extra', 'null'), '{}')
$$;

-- The arguments: the entity set, and the column that holds the entity's id.
create function sensorthings_changed() returns trigger language plpgsql as $$
declare
  lowest bigint;
  highest bigint;
begin
  if tg_op = 'INSERT' then
    with made as (
      insert into sensorthings_change (entity, number, columns)
        select tg_argv[0], (to_jsonb(n) ->> tg_argv[1])::bigint, array[tg_argv[2]] from newer n
        returning id
    ) select min(id), max(id) into lowest, highest from made;
  elsif tg_op = 'DELETE' then
    with made as (
      insert into sensorthings_change (entity, number, columns)
        select tg_argv[0], (to_jsonb(o) ->> tg_argv[1])::bigint, array[tg_argv[2]] from older o
        returning id
    ) select min(id), max(id) into lowest, highest from made;
  else
    with made as (
      insert into sensorthings_change (entity, number, columns)
        select tg_argv[0], (n.row ->> tg_argv[1])::bigint, array(
            select key from jsonb_each(o.row || n.row) where n.row -> key is distinct from o.row -> key)
        from (select sensorthings_columns(to_jsonb(r)) as row from newer r) n
        join (select sensorthings_columns(to_jsonb(r)) as row from older r) o on o.row -> 'id' = n.row -> 'id'
        where n.row <> o.row
        returning id
    ) select min(id), max(id) into lowest, highest from made;
  end if;
  if lowest is not null then
    perform pg_notify('sensorthings_changes', lowest || '-' || highest);
  end if;
  return null;
end $$;

do $$
declare
  watched record;
begin
  for watched in select * from (values
    ('things_thing', 'Things', 'id', '*', '-'),
    ('things_project', 'Projects', 'id', '*', '-'),
    ('things_datastream', 'Datastreams', 'id', '*', '-'),
    ('things_component', 'Datastreams', 'datastream_id', 'components', 'components'),
    ('things_sensor', 'Sensors', 'id', '*', '-'),
    ('things_observedproperty', 'ObservedProperties', 'id', '*', '-'),
    ('things_featureofinterest', 'FeaturesOfInterest', 'id', '*', '-'),
    ('things_historicallocation', 'HistoricalLocations', 'id', '*', '-'),
    ('places_place', 'Locations', 'id', '*', '-')
  ) as v (name, entity, key, made, gone) loop
    execute format('create trigger sensorthings_new after insert on %I referencing new table as newer'
      ' for each statement execute function sensorthings_changed(%L, %L, %L)',
      watched.name, watched.entity, watched.key, watched.made);
    execute format('create trigger sensorthings_changed after update on %I'
      ' referencing old table as older new table as newer'
      ' for each statement execute function sensorthings_changed(%L, %L)',
      watched.name, watched.entity, watched.key);
    execute format('create trigger sensorthings_gone after delete on %I'
      ' referencing old table as older'
      ' for each statement execute function sensorthings_changed(%L, %L, %L)',
      watched.name, watched.entity, watched.key, watched.gone);
  end loop;
end $$;

-- A corrected observation is not new, but told as changed; new ones are told by the store itself.
create trigger sensorthings_changed after update on things_observation
  referencing old table as older new table as newer
  for each statement execute function sensorthings_changed('Observations', 'id');

-- The last messages that programs posted over MQTT: one that comes again is known by client and
-- packet id, and by its content since packet ids are used again.
create table sensorthings_posted (
  client text not null,
  packet integer not null,
  digest bytea not null,
  at timestamptz not null default now(),
  primary key (client, packet)
);

-- How far whoever publishes has come, so that the next one continues there.
create table sensorthings_told (
  source text primary key,
  state text not null,
  at timestamptz not null default now()
);
