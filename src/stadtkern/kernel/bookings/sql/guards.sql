-- What the rows of bookings owe each other, whoever writes them.

create function bookings_takes(state text) returns boolean language sql immutable as $$
  select state in ('held', 'booked', 'arrived')
$$;

-- Whose share of the capacity a booking uses (SIDES in wanted.py).
create function bookings_side(audience text) returns smallint language sql immutable as $$
  select case when audience in ('public', 'partner') then 1 when audience = 'phone' then 2 else 0
    end::smallint
$$;

-- An occupancy is live exactly while its booking takes its units.
create function bookings_occupancy_follows() returns trigger language plpgsql as $$
begin
  select bookings_takes(b.state), bookings_side(b.audience) into new.live, new.side
    from bookings_booking b where b.id = new.booking_id;
  return new;
end $$;

create trigger bookings_occupancy_follows
  before insert or update of live, side, booking_id on bookings_occupancy
  for each row execute function bookings_occupancy_follows();

create function bookings_state_leads() returns trigger language plpgsql as $$
begin
  update bookings_occupancy set live = bookings_takes(new.state) where booking_id = new.id;
  return null;
end $$;

create trigger bookings_state_leads
  after update of state, audience on bookings_booking for each row
  when (bookings_takes(old.state) <> bookings_takes(new.state)
    or bookings_side(old.audience) <> bookings_side(new.audience))
  execute function bookings_state_leads();

-- At commit a live booking has as many units as it says, of its resource, for its whole span.
create function bookings_check(number bigint) returns void language plpgsql as $$
declare
  b record;
  fit bigint;
  had bigint;
begin
  select id, resource_id, begins, ends, quantity into b
    from bookings_booking where id = number and bookings_takes(state);
  if not found then
    return;
  end if;
  select count(*), count(*) filter (
      where o.live and u.resource_id = b.resource_id and o.during = tstzrange(b.begins, b.ends))
    into had, fit
    from bookings_occupancy o join bookings_unit u on u.id = o.unit_id where o.booking_id = b.id;
  if had <> b.quantity or fit <> b.quantity then
    raise exception 'booking % wants % units and has % of which % fit', b.id, b.quantity, had, fit
      using errcode = 'check_violation', constraint = 'bookings_has_its_units';
  end if;
end $$;

create function bookings_booking_checked() returns trigger language plpgsql as $$
begin
  perform bookings_check(new.id);
  return null;
end $$;

create function bookings_occupancy_checked() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    perform bookings_check(old.booking_id);
  end if;
  if tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.booking_id <> old.booking_id) then
    perform bookings_check(new.booking_id);
  end if;
  return null;
end $$;

create constraint trigger bookings_booking_checked
  after insert or update on bookings_booking deferrable initially deferred
  for each row execute function bookings_booking_checked();

create constraint trigger bookings_occupancy_checked
  after insert or update or delete on bookings_occupancy deferrable initially deferred
  for each row execute function bookings_occupancy_checked();

-- A unit stays where it is: what was booked of it was booked there.
create function bookings_unit_stays() returns trigger language plpgsql as $$
begin
  raise exception 'a unit stays with its resource'
    using errcode = 'check_violation', constraint = 'bookings_unit_stays';
end $$;

create trigger bookings_unit_stays before update of resource_id on bookings_unit
  for each row when (old.resource_id <> new.resource_id) execute function bookings_unit_stays();

-- Slots are computed in steps of five minutes.
alter table bookings_calendar add constraint bookings_calendar_step_of_five
  check (step_minutes % 5 = 0);
alter table bookings_rule add constraint bookings_rule_step_of_five check (
  mod(extract(epoch from begins)::int, 300) = 0 and mod(extract(epoch from ends)::int, 300) = 0
  and extract(epoch from begins) = floor(extract(epoch from begins))
  and extract(epoch from ends) = floor(extract(epoch from ends)));
-- Days of the week by their numbers in ISO 8601.
alter table bookings_rule add constraint bookings_rule_weekdays
  check (weekdays <@ array[1, 2, 3, 4, 5, 6, 7]::smallint[] and cardinality(weekdays) > 0);
-- A closure may begin or end nowhere; extra hours may not.
alter table bookings_closure add constraint bookings_opening_has_both_ends
  check (not opens or not (lower_inf(during) or upper_inf(during)));
