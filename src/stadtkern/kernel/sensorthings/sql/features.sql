-- Whatever stands at a place observes that place: its feature of interest is made with the first
-- thing that comes to stand there (18-088, 10.2: one per location, shared by its observations).
create function sensorthings_feature() returns trigger language plpgsql as $$
begin
  insert into things_featureofinterest
    (place_id, name, description, encoding, geometry, described, west, south, east, north,
     properties)
    select p.id, p.name, p.about, p.encoding, p.geometry, p.described, p.west, p.south, p.east,
           p.north, '{}'
    from places_place p where p.id = new.place_id and p.geometry is not null
  on conflict (place_id) do nothing;
  return null;
end $$;

create trigger sensorthings_feature after insert or update of place_id on things_thing
  for each row when (new.place_id is not null) execute function sensorthings_feature();

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
