"""What is published or complete does not change: the database says so."""

from django.db import migrations

RULES = """
create function digital_maturity_assessment_stays() returns trigger language plpgsql as $$
declare
    free text[] := array['state', 'superseded', 'stale_since', 'stale_facts', 'assessor_id',
                         'changed'];
begin
    if old.state = 'draft' then
        return new;
    end if;
    if to_jsonb(new) - free is distinct from to_jsonb(old) - free
       or (new.state <> old.state and not (old.state = 'complete' and new.state = 'superseded'))
    then
        raise exception 'assessment % is complete and never changes', old.id
            using errcode = 'restrict_violation', hint = 'Make a new assessment.';
    end if;
    return new;
end $$;
create trigger digital_maturity_assessment_stays before update on digital_maturity_assessment
    for each row execute function digital_maturity_assessment_stays();

create function digital_maturity_model_stays() returns trigger language plpgsql as $$
declare
    free text[] := array['state', 'current'];
begin
    if old.state <> 'draft'
       and (to_jsonb(new) - free is distinct from to_jsonb(old) - free or new.state = 'draft')
    then
        raise exception 'maturity model % is published and never changes', old.id
            using errcode = 'restrict_violation', hint = 'Make a new revision.';
    end if;
    return new;
end $$;
create trigger digital_maturity_model_stays before update on digital_maturity_maturitymodel
    for each row execute function digital_maturity_model_stays();
"""
NONE = """
drop function digital_maturity_assessment_stays() cascade;
drop function digital_maturity_model_stays() cascade;
"""


class Migration(migrations.Migration):
    """Two triggers."""

    dependencies = [("digital_maturity", "0001_initial")]

    operations = [migrations.RunSQL(RULES, NONE)]
