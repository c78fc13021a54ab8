-- The observation store: one narrow table by month, with `latest` and rollups kept in the
-- same transaction. Every statement carries the datastream id first.

create sequence things_observation_id_seq;

create table things_observation (
  datastream_id bigint not null,
  at timestamptz not null,               -- phenomenonTime, its start where it is an interval
  id bigint not null default nextval('things_observation_id_seq'),
  value double precision,                -- a number
  other jsonb,                           -- any other result
  until timestamptz,                     -- end of the phenomenonTime interval
  result_time timestamptz,
  uplink_id bigint,                      -- the raw message it was decoded from
  foi_id bigint,
  quality smallint not null default 0,   -- 0 good, 1 estimated, 2 suspect, 3 invalid
  extra jsonb,                           -- validTime, resultQuality, parameters
  primary key (datastream_id, at, id),
  constraint things_observation_one_result check ((value is null) or (other is null)),
  -- Beyond this no sensor measures, and the sum of an hour would overflow.
  constraint things_observation_finite check (value between -1e290 and 1e290),
  constraint things_observation_interval check (until >= at),
  constraint things_observation_quality check (quality between 0 and 3)
) partition by range (at);

create index things_observation_id on things_observation (id);
create table things_observation_default partition of things_observation default;

-- fillfactor leaves room for updates in place: these rows change with every batch.
alter table things_latest set (fillfactor = 50);

-- No foreign key: things_write looks the datastream up, and its trigger takes the rows along.
create table things_hour (
  datastream_id bigint not null,
  at timestamptz not null,
  n bigint not null,
  sum double precision not null,
  min double precision not null,
  max double precision not null,
  primary key (datastream_id, at)
) with (fillfactor = 80);

create table things_day (like things_hour including all);

-- The month's partition; rows that already lie in the default partition move into it.
create function things_partition(moment timestamptz) returns text language plpgsql as $$
declare
  first_day timestamptz := date_trunc('month', moment, 'UTC');
  next_month timestamptz := ((first_day at time zone 'UTC') + interval '1 month') at time zone 'UTC';
  name text := 'things_observation_' || to_char(first_day at time zone 'UTC', 'YYYYMM');
begin
  if to_regclass(name) is not null then return name; end if;
  perform pg_advisory_xact_lock(hashtext('things_partition'));
  if to_regclass(name) is not null then return name; end if;
  lock table things_observation in access exclusive mode;
  execute format('create table %I (like things_observation including all)', name);
  execute format(
    'with moved as (delete from things_observation_default where at >= %L and at < %L returning *)
     insert into %I select * from moved', first_day, next_month, name);
  execute format(
    'alter table things_observation attach partition %I for values from (%L) to (%L)',
    name, first_day, next_month);
  return name;
end $$;

-- Whole buckets of these instants, computed anew from the observations.
create function things_rebuild(ds bigint[], ats timestamptz[], zone text)
returns void language plpgsql as $$
begin
  -- Writers take these rows first too, so nobody adds to a bucket while it is counted.
  perform 1 from things_latest where datastream_id = any (ds) order by datastream_id for update;

  delete from things_hour h using (
    select distinct d, date_trunc('hour', a, 'UTC') as b from unnest(ds, ats) as u (d, a)
  ) t where h.datastream_id = t.d and h.at = t.b;
  insert into things_hour
    select o.datastream_id, t.b, count(*), sum(o.value), min(o.value), max(o.value)
    from (select distinct d, date_trunc('hour', a, 'UTC') as b from unnest(ds, ats) as u (d, a)) t
    join things_observation o on o.datastream_id = t.d
      and o.at >= t.b and o.at < t.b + interval '1 hour'
    where o.value is not null and o.quality < 3
    group by 1, 2 order by 1, 2;

  delete from things_day h using (
    select distinct d, date_trunc('day', a, zone) as b from unnest(ds, ats) as u (d, a)
  ) t where h.datastream_id = t.d and h.at = t.b;
  insert into things_day
    select o.datastream_id, t.b, count(*), sum(o.value), min(o.value), max(o.value)
    from (select distinct d, date_trunc('day', a, zone) as b from unnest(ds, ats) as u (d, a)) t
    join things_observation o on o.datastream_id = t.d
      and o.at >= t.b and o.at < date_trunc('day', t.b + interval '36 hours', zone)
    where o.value is not null and o.quality < 3
    group by 1, 2 order by 1, 2;

  delete from things_latest l where l.datastream_id = any (ds)
    and not exists (select from things_observation o where o.datastream_id = l.datastream_id);
  update things_latest l set
    at = o.at, observation_id = o.id, value = o.value, other = o.other, quality = o.quality,
    first_at = (select min(p.at) from things_observation p where p.datastream_id = l.datastream_id),
    received = clock_timestamp()
  from (select distinct unnest(ds) as d) s, lateral (
    select * from things_observation q where q.datastream_id = s.d order by q.at desc, q.id desc limit 1
  ) o
  where l.datastream_id = o.datastream_id;
end $$;

-- Writes a batch: latest, observations, hour and day. Answers the id of each row in the order of
-- the input; null where the datastream does not exist, or holds this instant already and keeps one.
-- A column of which every row is null may be null itself.
create function things_write(
  ds bigint[], ats timestamptz[], vals double precision[], others jsonb[], quals smallint[],
  uplinks bigint[], untils timestamptz[], results timestamptz[], fois bigint[], extras jsonb[],
  zone text, announce boolean
) returns bigint[] language plpgsql as $$
declare
  ids bigint[];
  single bigint[];
  streams bigint[];
begin
  select array_agg(d.id order by d.id), array_agg(d.id order by d.id) filter (where d.one_per_instant)
    into streams, single from things_datastream d where d.id = any (ds);
  if streams is null then return array_fill(null::bigint, array[cardinality(ds)]); end if;

  if single is null and cardinality(streams) = (select count(distinct d) from unnest(ds) as d) then
    select array_agg(nextval('things_observation_id_seq')) into ids from unnest(ds);
  else
    perform pg_advisory_xact_lock(d) from unnest(single) as d;
    select array_agg(case
        when not u.d = any (streams) then null
        when u.d = any (single) and (
          exists (select from things_observation o where o.datastream_id = u.d and o.at = u.a)
          or u.nth > 1
        ) then null
        else nextval('things_observation_id_seq') end order by u.n)
      into ids from (
        select d, a, n, row_number() over (partition by d, a order by n) as nth
        from unnest(ds, ats) with ordinality as v (d, a, n)
      ) u;
  end if;

  -- Latest first: it is the lock that serialises writers with rebuilds of the same datastream.
  insert into things_latest as l
    (datastream_id, at, first_at, observation_id, value, other, quality, received, n)
    select distinct on (u.d) u.d, u.a, min(u.a) over w, u.i, u.v, u.o, u.q, clock_timestamp(),
           count(*) over w
    from unnest(ds, ats, ids, vals, others, quals) as u (d, a, i, v, o, q)
    where u.i is not null
    window w as (partition by u.d order by u.a desc, u.i desc
                 rows between unbounded preceding and unbounded following)
    order by u.d, u.a desc, u.i desc
  on conflict (datastream_id) do update set
    n = l.n + excluded.n,
    first_at = least(l.first_at, excluded.first_at),
    received = excluded.received,
    observation_id = case when (excluded.at, excluded.observation_id) >= (l.at, l.observation_id)
      then excluded.observation_id else l.observation_id end,
    value = case when (excluded.at, excluded.observation_id) >= (l.at, l.observation_id)
      then excluded.value else l.value end,
    other = case when (excluded.at, excluded.observation_id) >= (l.at, l.observation_id)
      then excluded.other else l.other end,
    quality = case when (excluded.at, excluded.observation_id) >= (l.at, l.observation_id)
      then excluded.quality else l.quality end,
    at = greatest(l.at, excluded.at);

  with given as materialized (
    select * from unnest(ds, ats, ids, vals, others, untils, results, uplinks, fois, quals, extras)
      as u (d, a, i, v, o, t, r, k, f, q, x)
    where u.i is not null
  ), stored as (
    insert into things_observation
      (datastream_id, at, id, value, other, until, result_time, uplink_id, foi_id, quality, extra)
      select d, a, i, v, o, t, r, k, f, q, x from given
  ), counted as materialized (
    select d, date_trunc('hour', a, 'UTC') as hour, date_trunc('day', a, zone) as day,
           count(*) as n, sum(v) as sum, min(v) as min, max(v) as max
    from given where v is not null and q < 3 group by 1, 2, 3
  ), hours as (
    insert into things_hour as h (datastream_id, at, n, sum, min, max)
      select d, hour, sum(n), sum(sum), min(min), max(max) from counted
      group by 1, 2 order by 1, 2
    on conflict (datastream_id, at) do update set n = h.n + excluded.n, sum = h.sum + excluded.sum,
      min = least(h.min, excluded.min), max = greatest(h.max, excluded.max)
  )
  insert into things_day as h (datastream_id, at, n, sum, min, max)
    select d, day, sum(n), sum(sum), min(min), max(max) from counted
    group by 1, 2 order by 1, 2
  on conflict (datastream_id, at) do update set n = h.n + excluded.n, sum = h.sum + excluded.sum,
    min = least(h.min, excluded.min), max = greatest(h.max, excluded.max);

  if announce then perform things_announce(streams); end if;
  return ids;
end $$;

-- One notification a batch; beyond its 8,000 bytes it says `*`: look at everything you watch.
create function things_announce(streams bigint[]) returns void language sql as $$
  select pg_notify('observations',
    case when cardinality(streams) > 600 then '*' else array_to_string(streams, ',') end);
$$;

-- Deletes observations and counts their buckets anew.
create function things_delete(ds bigint[], ats timestamptz[], ids bigint[], zone text)
returns bigint language plpgsql as $$
declare gone bigint;
begin
  perform 1 from things_latest where datastream_id = any (ds) order by datastream_id for update;
  -- What is gone, not what was asked for: somebody else may have deleted some of it.
  with deleted as (
    delete from things_observation o using unnest(ds, ats, ids) as u (d, a, i)
    where o.datastream_id = u.d and o.at = u.a and o.id = u.i
    returning o.datastream_id
  ), counted as (
    update things_latest l set n = l.n - d.n
    from (select datastream_id, count(*) as n from deleted group by 1) d
    where l.datastream_id = d.datastream_id
  )
  select count(*) into gone from deleted;
  perform things_rebuild(ds, ats, zone);
  return gone;
end $$;

-- A datastream takes its observations with it.
create function things_datastream_gone() returns trigger language plpgsql as $$
begin
  delete from things_latest where datastream_id = old.id;
  delete from things_observation where datastream_id = old.id;
  delete from things_hour where datastream_id = old.id;
  delete from things_day where datastream_id = old.id;
  return old;
end $$;
create trigger things_datastream_gone before delete on things_datastream
  for each row execute function things_datastream_gone();
