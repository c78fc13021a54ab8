"""What was decided and which steps were taken does not change: the database says so."""

from django.db import migrations

RULES = """
create function service_reuse_decision_stays() returns trigger language plpgsql as $$
declare
    free text[] := array['state', 'superseded', 'decided_by_id', 'candidate_id'];
begin
    if old.state <> 'draft'
       and (to_jsonb(new) - free is distinct from to_jsonb(old) - free
            or (new.state <> old.state
                and not (old.state = 'decided' and new.state = 'superseded')))
    then
        raise exception 'decision % was made and never changes', old.id
            using errcode = 'restrict_violation', hint = 'Decide anew.';
    end if;
    return new;
end $$;
create trigger service_reuse_decision_stays before update on service_reuse_decision
    for each row execute function service_reuse_decision_stays();

create function service_reuse_step_stays() returns trigger language plpgsql as $$
begin
    raise exception 'a step that was taken never changes' using errcode = 'restrict_violation';
end $$;
create trigger service_reuse_step_stays before update on service_reuse_step
    for each row execute function service_reuse_step_stays();
"""
NONE = """
drop function service_reuse_decision_stays() cascade;
drop function service_reuse_step_stays() cascade;
"""


class Migration(migrations.Migration):
    """Two triggers."""

    dependencies = [("service_reuse", "0001_initial")]

    operations = [migrations.RunSQL(RULES, NONE)]
