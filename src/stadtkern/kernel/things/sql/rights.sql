-- Who sees what, and where a program of one project may write. `seen` are the ids of the projects
-- that a viewer sees beside the public ones; viewers who see everything are not asked about here.

create index things_datastream_private on things_datastream (id) where not public;

-- What belongs to no thing, and which project's program made it: those of this project alone may
-- change it. No foreign keys: entities of five tables, which take their row along when they go.
create table things_made (
  kind text not null,                    -- the entity's table
  number bigint not null,
  project_id bigint not null,
  primary key (kind, number)
);
create index things_made_project on things_made (project_id, kind);

-- Datastreams hidden from a viewer: those of hidden projects, and private ones elsewhere.
create function things_hidden(seen bigint[])
returns setof bigint language sql stable parallel safe as $$
  select d.id from things_datastream d join things_thing t on t.id = d.thing_id
    where not d.public and (t.project_id = any (seen)) is not true
  union all
  select d.id from things_project p join things_thing t on t.project_id = p.id
    join things_datastream d on d.thing_id = t.id
    where not p.public and p.id <> all (seen)
$$;

-- Places hidden from a viewer: something hidden leads to them, and nothing that may be seen.
-- A place of a kind is one of a city system, which shows it. PL/pgSQL keeps its plan.
create function things_hidden_places(seen bigint[])
returns setof bigint language plpgsql stable parallel safe rows 10 as $$
begin return query
  with hidden as materialized (
    select t.id, t.place_id from things_project p join things_thing t on t.project_id = p.id
    where not p.public and p.id <> all (seen)
  ), led as (
    select place_id from hidden where place_id is not null
    union
    select r.place_id from hidden join things_representation r on r.thing_id = hidden.id
    union
    select h.place_id from hidden join things_historicallocation h on h.thing_id = hidden.id
    union
    select a.place_id from hidden join things_historicallocation h on h.thing_id = hidden.id
      join things_historicallocation_also a on a.historicallocation_id = h.id
    union
    select m.number from things_project p join things_made m on m.project_id = p.id
    where m.kind = 'places_place' and not p.public and p.id <> all (seen)
  )
  select led.place_id from led join places_place s on s.id = led.place_id
  where s.kind = '' and not exists (
    select from (
      select t.id from things_thing t where t.place_id = led.place_id
      union all
      select r.thing_id from things_representation r where r.place_id = led.place_id
      union all
      select h.thing_id from things_historicallocation h where h.place_id = led.place_id
      union all
      select h.thing_id from things_historicallocation_also a
        join things_historicallocation h on h.id = a.historicallocation_id
        where a.place_id = led.place_id
    ) leads where not exists (select from hidden where hidden.id = leads.id)
  );
end $$;

-- Whether an observation that the viewer sees names this feature; without any observation, whether
-- no hidden project's program made it. It leaps from datastream to datastream in the index.
create function things_feature_named(feature bigint, seen bigint[], lone boolean)
returns boolean language sql stable parallel safe as $$
  with recursive used (d) as (
    (select o.datastream_id from things_observation o where o.foi_id = feature
      order by o.datastream_id limit 1)
    union all
    select (select o.datastream_id from things_observation o
      where o.foi_id = feature and o.datastream_id > used.d order by o.datastream_id limit 1)
    from used where used.d is not null
  )
  select case when exists (select from used) then exists (
    select from used where used.d is not null and used.d not in (select things_hidden(seen))
  ) else lone and not exists (
    select from things_made m join things_project p on p.id = m.project_id
    where m.kind = 'things_featureofinterest' and m.number = feature
      and not p.public and p.id <> all (seen)
  ) end
$$;

-- A transaction of a program that may write only in some projects names these in the setting
-- `stadtkern.writes`; things that it makes belong to that in `stadtkern.into`. Both end with it.
create function things_writes() returns bigint[] language sql stable parallel safe as $$
  select nullif(current_setting('stadtkern.writes', true), '')::bigint[]
$$;

-- Whether a program that may write in these projects (null: everywhere) may write to a datastream.
create function things_may_write(datastream bigint, projects bigint[])
returns boolean language sql stable parallel safe as $$
  select projects is null or exists (
    select from things_datastream d join things_thing t on t.id = d.thing_id
    where d.id = datastream and t.project_id = any (projects))
$$;

create function things_check(allowed boolean, what text) returns void language plpgsql as $$
begin
  if allowed is not true then
    raise insufficient_privilege using message =
      format('this key may write only in its own project, and the %s is not in it', what);
  end if;
end $$;

create function things_check_thing(thing bigint) returns void language sql as $$
  select things_check(t.project_id = any (things_writes()), 'Thing')
    from (select thing) g left join things_thing t on t.id = g.thing
$$;

create function things_into() returns trigger language plpgsql as $$
begin
  new.project_id := coalesce(new.project_id, current_setting('stadtkern.into')::bigint);
  return new;
end $$;
create trigger things_a_into before insert on things_thing for each row
  when (current_setting('stadtkern.into', true) <> '') execute function things_into();

create function things_guard_thing() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    perform things_check(old.project_id = any (things_writes()), 'Thing');
  end if;
  if tg_op = 'DELETE' then return old; end if;
  perform things_check(new.project_id = any (things_writes()), 'Thing');
  return new;
end $$;
create trigger things_guard before insert or update or delete on things_thing for each row
  when (current_setting('stadtkern.writes', true) <> '') execute function things_guard_thing();

create function things_guard_part() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then perform things_check_thing(old.thing_id); end if;
  if tg_op = 'DELETE' then return old; end if;
  perform things_check_thing(new.thing_id);
  return new;
end $$;
create trigger things_guard before insert or update or delete on things_datastream for each row
  when (current_setting('stadtkern.writes', true) <> '') execute function things_guard_part();
create trigger things_guard before insert or update or delete on things_representation for each row
  when (current_setting('stadtkern.writes', true) <> '') execute function things_guard_part();
create trigger things_guard before insert or update or delete on things_historicallocation
  for each row
  when (current_setting('stadtkern.writes', true) <> '') execute function things_guard_part();

create function things_guard_also() returns trigger language plpgsql as $$
begin
  perform things_check_thing(h.thing_id) from things_historicallocation h
    where h.id in (old.historicallocation_id, new.historicallocation_id);
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger things_guard before insert or update or delete on things_historicallocation_also
  for each row
  when (current_setting('stadtkern.writes', true) <> '') execute function things_guard_also();

-- Every write of an observation comes by the datastream's row in things_latest.
create function things_guard_stream() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    perform things_check(things_may_write(old.datastream_id, things_writes()), 'Datastream');
  end if;
  if tg_op = 'DELETE' then return old; end if;
  perform things_check(things_may_write(new.datastream_id, things_writes()), 'Datastream');
  return new;
end $$;
create trigger things_guard before insert or update on things_latest for each row
  when (current_setting('stadtkern.writes', true) <> '') execute function things_guard_stream();
create trigger things_guard before insert or update or delete on things_component for each row
  when (current_setting('stadtkern.writes', true) <> '') execute function things_guard_stream();

-- The feature of a place comes with the first thing that stands there, and belongs to the place.
create function things_guard_shared() returns trigger language plpgsql as $$
declare place bigint;
begin
  if tg_op = 'INSERT' then
    place := to_jsonb(new) ->> 'place_id';
    if place is null or exists (select from things_made m where m.kind = 'places_place'
        and m.number = place and m.project_id = any (things_writes())) then
      insert into things_made values (tg_table_name, new.id, (things_writes())[1]);
    end if;
    return new;
  end if;
  perform things_check(
    exists (select from things_made m where m.kind = tg_table_name and m.number = old.id
      and m.project_id = any (things_writes())), tg_argv[0]);
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger things_guard before insert or update or delete on things_sensor for each row
  when (current_setting('stadtkern.writes', true) <> '')
  execute function things_guard_shared('Sensor');
create trigger things_guard before insert or update or delete on things_observedproperty
  for each row when (current_setting('stadtkern.writes', true) <> '')
  execute function things_guard_shared('ObservedProperty');
create trigger things_guard before insert or update or delete on things_featureofinterest
  for each row when (current_setting('stadtkern.writes', true) <> '')
  execute function things_guard_shared('FeatureOfInterest');
create trigger things_guard before insert or update or delete on places_place for each row
  when (current_setting('stadtkern.writes', true) <> '')
  execute function things_guard_shared('Location');

create function things_made_gone() returns trigger language plpgsql as $$
begin
  delete from things_made where kind = tg_table_name and number = old.id;
  return null;
end $$;
create trigger things_made_gone after delete on things_sensor
  for each row execute function things_made_gone();
create trigger things_made_gone after delete on things_observedproperty
  for each row execute function things_made_gone();
create trigger things_made_gone after delete on things_featureofinterest
  for each row execute function things_made_gone();
create trigger things_made_gone after delete on places_place
  for each row execute function things_made_gone();
