-- The digests among these whose keys may add an observation to any datastream. What a token or a
-- person may is decided on the general path, where every refusal is put into words too.
create function sensorthings_writers(digests text[]) returns text[] language plpgsql stable as $$
begin
  return array(
    select digest from people_apikey where digest = any (digests) and revoked is null
      and (expires is null or expires >= clock_timestamp()) and scopes ? 'things:write');
end $$;

-- Whether the key with this digest may write in this project alone, or a few.
create function sensorthings_may_post(key_digest text, project bigint)
returns boolean language plpgsql stable as $$
begin
  return exists (
    select from people_apikey k join things_project p on p.id = project
    where k.digest = key_digest and k.revoked is null
      and (k.expires is null or k.expires >= clock_timestamp())
      and k.scopes ? ('things:write:' || p.slug));
end $$;

-- Writes observations that were posted one by one in one statement. `whose` is the place of each
-- row's key in `digests`; without `digests` the caller has seen to that. `sizes` is the number of
-- values a row has for a MultiDatastream, null for a Datastream. A row that names no feature gets
-- that of its thing's place. `heard` are the kinds of things that somebody listens to.
--
-- Answers for each row: the id of the new observation; less than 0: the id of the same observation,
-- which was there already; 0: somebody listens, so it is to be written where events are published;
-- null: it cannot be taken, or not here.
create function sensorthings_post(
  digests text[], whose smallint[], ds bigint[], sizes bigint[], fois bigint[],
  ats timestamptz[], vals double precision[], others jsonb[], quals smallint[],
  untils timestamptz[], results timestamptz[], extras jsonb[], heard text[], zone text
) returns bigint[] language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  valid text[] := case when digests is not null then sensorthings_writers(digests) end;
  known bigint[];
  single bigint[];
  listened bigint[];
  features bigint[];
  ids bigint[];
begin
  select array_agg(case when fit and not loud then d end order by n),
         array_agg(coalesce(f, feature) order by n),
         array_agg(distinct d) filter (where fit and not loud),
         array_agg(distinct d) filter (where fit and not loud and once),
         array_agg(n) filter (where fit and loud)
    into ds, features, known, single, listened
    from (
      select u.n, u.d, u.f, p.id as feature, s.one_per_instant as once,
             coalesce(t.kind = any (heard), false) as loud,
             s.id is not null and s.multi = (u.z is not null)
             and (digests is null or digests[u.k] = any (valid)
               -- Which features such a key may name is looked at on the general path.
               or u.f is null and sensorthings_may_post(digests[u.k], t.project_id))
             and (u.z is null or u.z = (select count(*) from things_component c where c.datastream_id = u.d))
             and case when u.f is null then p.id is not null
               else exists (select from things_featureofinterest x where x.id = u.f) end
             as fit
      from unnest(ds, sizes, fois, whose) with ordinality as u (d, z, f, k, n)
      left join things_datastream s on s.id = u.d
      left join things_thing t on t.id = s.thing_id
      left join things_featureofinterest p on p.place_id = t.place_id
      order by u.n
    ) looked;
  if known is null then
    ids := array_fill(null::bigint, array[cardinality(ds)]);
  else
    ids := things_keep(known, single, ds, ats, vals, others, quals, null, untils, results, features,
      extras, zone, true);
  end if;

  if single is not null and array_position(ids, null) is not null then
    select array_agg(coalesce(u.i, (
        select -min(o.id) from things_observation o where u.d = any (single)
          and o.datastream_id = u.d and o.at = u.a
          and o.value is not distinct from u.v and o.other is not distinct from u.o
      )) order by u.n)
      into ids
      from unnest(ids, ds, ats, vals, others) with ordinality as u (i, d, a, v, o, n);
  end if;
  if listened is not null then
    select array_agg(case when u.n = any (listened) then 0 else u.i end order by u.n)
      into ids from unnest(ids) with ordinality as u (i, n);
  end if;
  return ids;
end $$;
