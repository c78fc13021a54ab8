-- A rule's condition fits its kind, whoever writes it. The classes in alerts/conditions say the
-- same to people, in their words.
create function alerts_condition_fits(kind text, about text, c jsonb)
returns boolean language sql immutable as $$
  select coalesce(jsonb_typeof(c) = 'object' and case kind
    when 'threshold' then about = 'datastream'
      and num_nonnulls(c ->> 'high', c ->> 'low') > 0
      and coalesce((c ->> 'low')::float8 + 2 * coalesce((c ->> 'slack')::float8, 0)
        <= (c ->> 'high')::float8, true)
      and coalesce((c ->> 'low')::float8 < (c ->> 'high')::float8, true)
      and coalesce((c ->> 'slack')::float8 >= 0, true)
      and coalesce((c ->> 'minutes')::int between 0 and 20160, true)
    when 'rate' then about = 'datastream' and (c ->> 'per_hour')::float8 > 0
      and coalesce((c ->> 'window')::int between 1 and 1440, true)
      and coalesce(c ->> 'way' in ('rises', 'falls', 'changes'), true)
    when 'silence' then coalesce((c ->> 'at_least')::int >= 5, true)
      and coalesce((c ->> 'after')::int >= 5, true)
    when 'geofence' then about = 'device' and c ->> 'name' <> ''
      and jsonb_array_length(c -> 'rings') > 0
      and coalesce(c ->> 'way' in ('leaves', 'enters'), true)
    when 'battery' then about = 'device'
      and coalesce((c ->> 'low')::float8, 20) between 0 and 100
      and coalesce((c ->> 'well')::float8, 30) >= coalesce((c ->> 'low')::float8, 20)
    when 'clock' then about = 'device' and coalesce((c ->> 'seconds')::int >= 5, true)
    when 'frames' then about = 'device' and coalesce((c ->> 'percent')::float8 > 0, true)
    when 'decoding' then about = 'device' and coalesce((c ->> 'failures')::int >= 1, true)
    else false end, false)
$$;

alter table alerts_rule add constraint alerts_rule_condition_fits
  check (alerts_condition_fits(kind, about, condition));
