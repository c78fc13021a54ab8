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
  -- With the value, so that observations are counted and summed without a look at their rows.
  primary key (datastream_id, at, id) include (value),
  constraint things_observation_one_result check ((value is null) or (other is null)),
  -- Beyond this no sensor measures, and the sum of an hour would overflow.
  constraint things_observation_finite check (value between -1e290 and 1e290),
  constraint things_observation_interval check (until >= at),
  constraint things_observation_quality check (quality between 0 and 3)
) partition by range (at);

create index things_observation_id on things_observation (id);
-- What is newest of all, and what has come in since.
create index things_observation_at on things_observation (at, id);
create table things_observation_default partition of things_observation default;

-- fillfactor leaves room for updates in place: these rows change with every batch.
alter table things_latest set (fillfactor = 30);

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

-- The ends of what is known of datastreams in which observations with these ends and result times
-- came or went. They are read anew only where one of them is touched: that takes a look at all.
create function things_respan(ds bigint[], untils timestamptz[], results timestamptz[])
returns void language sql as $$
  update things_latest l set until = s.until, result_first = s.first, result_last = s.last
  from (
    select distinct d from unnest(ds, untils, results) as u (d, t, r)
    join things_latest x on x.datastream_id = d
    where t >= coalesce(x.until, t) or r <= coalesce(result_first, r) or r >= result_last
  ) touched, lateral (
    select max(o.until) as until, min(o.result_time) as first, max(o.result_time) as last
    from things_observation o where o.datastream_id = touched.d
  ) s
  where l.datastream_id = touched.d;
$$;

-- The box around the features that are observed (18-088, observedArea), after a correction: it
-- grows, and rarely, so a row is touched only where it does.
create function things_reach(ds bigint[], fois bigint[]) returns void language plpgsql as $$
begin
  update things_latest l set
    west = least(l.west, g.west), south = least(l.south, g.south),
    east = greatest(l.east, g.east), north = greatest(l.north, g.north)
  from (
    select u.d, min(f.west) as west, min(f.south) as south, max(f.east) as east, max(f.north) as north
    from (select distinct d, f from unnest(ds, fois) as v (d, f)) u
    join things_featureofinterest f on f.id = u.f and f.west is not null
    group by u.d
  ) g
  where l.datastream_id = g.d and (l.west is null
    or l.west > g.west or l.south > g.south or l.east < g.east or l.north < g.north);
end $$;

-- Writes a batch: latest, observations, hour and day. Answers the id of each row in the order of
-- the input; null where the datastream does not exist, or holds this instant already and keeps one.
-- A column of which every row is null may be null itself. To plan anew for every batch would cost
-- more than to write a small one, and would find the same plan.
create function things_write(
  ds bigint[], ats timestamptz[], vals double precision[], others jsonb[], quals smallint[],
  uplinks bigint[], untils timestamptz[], results timestamptz[], fois bigint[], extras jsonb[],
  zone text, announce boolean
) returns bigint[] language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  streams bigint[];
  single bigint[];
begin
  select array_agg(d.id order by d.id), array_agg(d.id order by d.id) filter (where d.one_per_instant)
    into streams, single from things_datastream d where d.id = any (ds);
  if streams is null then return array_fill(null::bigint, array[cardinality(ds)]); end if;
  return things_keep(streams, single, ds, ats, vals, others, quals, uplinks, untils, results, fois,
    extras, zone, announce);
end $$;

-- The beginnings of the city's days from the first to the last of these instants; null where they
-- are so far apart that to look each one up costs less.
create function things_days(ats timestamptz[], zone text)
returns timestamptz[] language plpgsql stable as $$
declare
  first timestamptz;
  last timestamptz;
begin
  if cardinality(ats) = 1 then return array[date_trunc('day', ats[1], zone)]; end if;
  select min(a), max(a) into first, last from unnest(ats) as a;
  if last - first > interval '100 days' then return null; end if;
  return array(
    select day at time zone zone from generate_series(
      date_trunc('day', first at time zone zone), last at time zone zone, interval '1 day'
    ) as day order by 1);
end $$;

-- The same for those who have looked the datastreams up: `streams` are those that exist, `single`
-- of them those that keep one observation per instant (null: none), both in order.
create function things_keep(
  streams bigint[], single bigint[],
  ds bigint[], ats timestamptz[], vals double precision[], others jsonb[], quals smallint[],
  uplinks bigint[], untils timestamptz[], results timestamptz[], fois bigint[], extras jsonb[],
  zone text, announce boolean
) returns bigint[] language plpgsql as $$
declare
  ids bigint[];
  alone boolean := cardinality(ds) = 1;  -- plain statements take a third less for it
  complete boolean := alone;
  days timestamptz[];
begin
  -- First of all: who held a row while it waited for this behind a new partition would hang.
  lock table things_observation in row exclusive mode;
  if not alone then
    complete := cardinality(streams) = (select count(distinct d) from unnest(ds) as d);
    days := things_days(ats, zone);
  end if;
  if single is null and alone then
    ids := array[nextval('things_observation_id_seq')];
  elsif single is null then
    select array_agg(case when u.d is not null and (complete or u.d = any (streams))
        then nextval('things_observation_id_seq') end order by u.n)
      into ids from unnest(ds) with ordinality as u (d, n);
  else
    perform pg_advisory_xact_lock(d) from unnest(single) as d;
    select array_agg(case when u.d = any (streams) and not u.taken
        then nextval('things_observation_id_seq') end order by u.n)
      into ids from (
        select d, n, d = any (single) and (
          row_number() over (partition by d, a order by n) > 1
          or exists (select from things_observation o where o.datastream_id = d and o.at = a)
        ) as taken
        from unnest(ds, ats) with ordinality as v (d, a, n) order by n
      ) u;
  end if;

  -- Latest first: it is the lock that serialises writers with rebuilds of the same datastream.
  insert into things_latest as l (datastream_id, at, first_at, until, result_first, result_last,
      west, south, east, north, observation_id, value, other, quality, received, n)
    select u.d, u.a, u.first_at, u.until, u.result_first, u.result_last, g.west, g.south, g.east, g.north,
           u.i, u.v, u.o, u.q, clock_timestamp(), u.n
    from (
      select distinct on (d) d, a, i, v, o, q, min(a) over w as first_at, max(t) over w as until,
             min(r) over w as result_first, max(r) over w as result_last, count(*) over w as n
      from unnest(ds, ats, ids, vals, others, quals, untils, results) as t (d, a, i, v, o, q, t, r)
      where i is not null
      window w as (partition by d order by a desc, i desc
                   rows between unbounded preceding and unbounded following)
      order by d, a desc, i desc
    ) u
    left join (
      select d, min(west) as west, min(south) as south, max(east) as east, max(north) as north
      from (select distinct d, f from unnest(ds, fois, ids) as v (d, f, i) where i is not null) seen
      join things_featureofinterest on id = f
      group by d
    ) g on g.d = u.d
    order by u.d
  on conflict (datastream_id) do update set
    n = l.n + excluded.n,
    first_at = least(l.first_at, excluded.first_at),
    until = greatest(l.until, excluded.until),
    result_first = least(l.result_first, excluded.result_first),
    result_last = greatest(l.result_last, excluded.result_last),
    west = least(l.west, excluded.west),
    south = least(l.south, excluded.south),
    east = greatest(l.east, excluded.east),
    north = greatest(l.north, excluded.north),
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

  if alone then
    if ids[1] is not null then
      insert into things_observation
        (datastream_id, at, id, value, other, until, result_time, uplink_id, foi_id, quality, extra)
        values (ds[1], ats[1], ids[1], vals[1], others[1], untils[1], results[1], uplinks[1], fois[1],
          quals[1], extras[1]);
      if vals[1] is not null and quals[1] < 3 then
        insert into things_hour as h
          values (ds[1], date_bin('1 hour', ats[1], '2000-01-01 00:00Z'), 1, vals[1], vals[1], vals[1])
          on conflict (datastream_id, at) do update set n = h.n + 1, sum = h.sum + excluded.sum,
            min = least(h.min, excluded.min), max = greatest(h.max, excluded.max);
        insert into things_day as h
          values (ds[1], date_trunc('day', ats[1], zone), 1, vals[1], vals[1], vals[1])
          on conflict (datastream_id, at) do update set n = h.n + 1, sum = h.sum + excluded.sum,
            min = least(h.min, excluded.min), max = greatest(h.max, excluded.max);
      end if;
    end if;
    if announce then perform things_announce(streams, ids); end if;
    return ids;
  end if;

  with given as materialized (
    select * from unnest(ds, ats, ids, vals, others, untils, results, uplinks, fois, quals, extras)
      as u (d, a, i, v, o, t, r, k, f, q, x)
    where u.i is not null
  ), stored as (
    insert into things_observation
      (datastream_id, at, id, value, other, until, result_time, uplink_id, foi_id, quality, extra)
      select d, a, i, v, o, t, r, k, f, q, x from given
  ), counted as materialized (
    select d, date_bin('1 hour', a, '2000-01-01 00:00Z') as hour,
           case when days is null then date_trunc('day', a, zone)
                else days[width_bucket(a, days)] end as day,
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

  if announce then perform things_announce(streams, ids); end if;
  return ids;
end $$;

-- Two notifications a batch. `observations` has its datastreams; beyond its 8,000 bytes it says `*`:
-- look at everything you watch. `observations_new` has the lowest and the highest of the new ids,
-- `17-29`; ids of other batches may lie between them.
create function things_announce(streams bigint[], ids bigint[] default null)
returns void language plpgsql as $$
declare
  lowest bigint;
  highest bigint;
begin
  perform pg_notify('observations',
    case when cardinality(streams) > 600 then '*' else array_to_string(streams, ',') end);
  select min(i), max(i) into lowest, highest from unnest(ids) as i;
  if lowest is not null then
    perform pg_notify('observations_new', lowest || '-' || highest);
  end if;
end $$;

-- Deletes observations and counts their buckets anew.
create function things_delete(ds bigint[], ats timestamptz[], ids bigint[], zone text)
returns bigint language plpgsql as $$
declare
  gone bigint[];
  untils timestamptz[];
  results timestamptz[];
begin
  lock table things_observation in row exclusive mode;
  perform 1 from things_latest where datastream_id = any (ds) order by datastream_id for update;
  -- What is gone, not what was asked for: somebody else may have deleted some of it.
  with deleted as (
    delete from things_observation o using unnest(ds, ats, ids) as u (d, a, i)
    where o.datastream_id = u.d and o.at = u.a and o.id = u.i
    returning o.datastream_id, o.until, o.result_time
  ), counted as (
    update things_latest l set n = l.n - d.n
    from (select datastream_id, count(*) as n from deleted group by 1) d
    where l.datastream_id = d.datastream_id
  )
  select array_agg(datastream_id), array_agg(until), array_agg(result_time)
    into gone, untils, results from deleted;
  perform things_rebuild(ds, ats, zone);
  perform things_respan(gone, untils, results);
  return coalesce(cardinality(gone), 0);
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
