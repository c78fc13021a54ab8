create function effects_frozen() returns trigger language plpgsql as $$
begin
  if old.state = 'done' and (
    new.state, new.purpose, new.input, new.fingerprint, new.code, new.result, new.verdict,
    new.as_planned, new.finished, new.author, new.intervention_id
  ) is distinct from (
    old.state, old.purpose, old.input, old.fingerprint, old.code, old.result, old.verdict,
    old.as_planned, old.finished, old.author, old.intervention_id
  ) then
    raise exception 'an analysis that is done does not change' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger effects_frozen before update on effects_analysis
  for each row execute function effects_frozen();
