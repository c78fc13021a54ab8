-- The feature of interest of a place: one per location, shared by its observations (18-088, 10.2).
create function sensorthings_feature(place bigint) returns bigint language sql as $$
  insert into things_featureofinterest
    (place_id, name, description, encoding, geometry, described, west, south, east, north,
     properties)
    select p.id, p.name, p.about, p.encoding, p.geometry, p.described, p.west, p.south, p.east,
           p.north, '{}'
    from places_place p where p.id = place and p.geometry is not null
  on conflict (place_id) do nothing;
  select f.id from things_featureofinterest f where f.place_id = place
$$;

-- What a city system has declared observes the place where it stands, and so does what has observed
-- without naming a feature. For any other thing it is made with the first observation that names
-- none: a client finds no feature that nobody asked for.
create function sensorthings_stands() returns trigger language plpgsql as $$
begin
  if new.kind <> '' or exists (
    select from things_datastream d join things_latest l on l.datastream_id = d.id
    join things_observation o on o.datastream_id = l.datastream_id and o.at = l.at
      and o.id = l.observation_id
    where d.thing_id = new.id and o.foi_id is null
  ) then
    perform sensorthings_feature(new.place_id);
  end if;
  return null;
end $$;

create trigger sensorthings_stands after insert or update of place_id on things_thing
  for each row when (new.place_id is not null) execute function sensorthings_stands();

create function sensorthings_observes() returns trigger language plpgsql as $$
begin
  perform sensorthings_feature(t.place_id)
    from things_datastream d join things_thing t on t.id = d.thing_id
    where d.id = new.datastream_id and t.place_id is not null;
  return null;
end $$;

create trigger sensorthings_observes after insert on things_latest
  for each row when (new.west is null) execute function sensorthings_observes();

insert into things_featureofinterest
  (place_id, name, description, encoding, geometry, described, west, south, east, north,
   properties)
  select distinct p.id, p.name, p.about, p.encoding, p.geometry, p.described, p.west, p.south,
         p.east, p.north, '{}'::jsonb
  from places_place p join things_thing t on t.place_id = p.id where p.geometry is not null
on conflict (place_id) do nothing;

-- Uplinks name no feature, so this index holds only what came in over the API. The datastream tells
-- who may see the feature.
create index things_observation_feature on things_observation (foi_id, datastream_id)
  where foi_id is not null;
