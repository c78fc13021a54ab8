-- How far observations have been checked: ids up to `upto`. All up to `settled` can be, since the
-- transactions that took them have ended; `seen` was the newest one at `at`.
create table things_judged (
  id boolean primary key default true check (id),
  upto bigint not null,
  settled bigint not null,
  seen bigint not null,
  at timestamptz not null
);

-- Gives observations their flags. Values stay as they are; hours and days leave invalid ones out,
-- so they are counted anew where an observation became invalid, or is so no more.
create function things_flag(
  ds bigint[], ats timestamptz[], ids bigint[], quals smallint[], notes jsonb[], zone text
) returns bigint language plpgsql as $$
declare
  streams bigint[];
  turned_ds bigint[];
  turned_ats timestamptz[];
begin
  lock table things_observation in row exclusive mode;
  select array_agg(distinct d order by d) into streams from unnest(ds) as d;
  -- As every writer of these datastreams does, and in the same order.
  perform 1 from things_latest where datastream_id = any (streams) order by datastream_id for update;

  select array_agg(o.datastream_id), array_agg(o.at) into turned_ds, turned_ats
    from unnest(ds, ats, ids, quals) as u (d, a, i, q)
    join things_observation o on o.datastream_id = u.d and o.at = u.a and o.id = u.i
    where (o.quality = 3) <> (u.q = 3);
  update things_observation o set quality = u.q, extra = nullif(
      coalesce(o.extra, '{}') - 'resultQuality' || case when u.x is null then '{}'::jsonb
        else jsonb_build_object('resultQuality', u.x) end, '{}')
    from unnest(ds, ats, ids, quals, notes) as u (d, a, i, q, x)
    where o.datastream_id = u.d and o.at = u.a and o.id = u.i;
  if turned_ds is not null then perform things_rebuild(turned_ds, turned_ats, zone); end if;
  update things_latest l set quality = u.q
    from unnest(ids, quals) as u (i, q) where l.datastream_id = any (streams) and l.observation_id = u.i;
  perform things_announce(streams);
  return cardinality(ids);
end $$;

-- What is in doubt is little, and is what people look for.
create index things_observation_doubted on things_observation (at) where quality >= 2;
