"""What a draft needs besides; the timeline is only written on; what was sent stays sent."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import stadtkern.kernel.clock

# Erasure empties who and what of a line; nothing else of it ever changes, and none goes alone:
# only together with its case.
GUARD = """
create function cases_timeline_stays() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if exists (select 1 from cases_case where id = old.case_id) then
            raise exception 'the timeline is only written on' using errcode = 'check_violation';
        end if;
        return old;
    end if;
    if new.actor = '' and new.data = '{}'::jsonb
        and (new.id, new.case_id, new.at, new.source, new.code, new.visible, new.key)
          = (old.id, old.case_id, old.at, old.source, old.code, old.visible, old.key)
    then
        return new;
    end if;
    raise exception 'the timeline is only written on' using errcode = 'check_violation';
end $$;
create trigger cases_timeline_stays before update or delete on cases_statusevent
    for each row execute function cases_timeline_stays();

create function cases_sent_stays_sent() returns trigger language plpgsql as $$
begin
    if new.reference <> old.reference or new.version_id <> old.version_id then
        raise exception 'a case keeps its reference and its version'
            using errcode = 'check_violation';
    end if;
    if old.submitted is not null and (
        new.submitted is distinct from old.submitted
        or new.state in ('draft', 'co_sign', 'payment', 'expired')
    ) then
        raise exception 'what was sent stays sent' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger cases_sent_stays_sent before update on cases_case
    for each row execute function cases_sent_stays_sent();
"""
BACK = """
drop trigger cases_sent_stays_sent on cases_case;
drop function cases_sent_stays_sent();
drop trigger cases_timeline_stays on cases_statusevent;
drop function cases_timeline_stays();
"""
KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    """Built-in PostgreSQL only."""

    dependencies: ClassVar = [("cases", "0002_forms")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", KEY),
                ("steps", models.JSONField(blank=True, default=dict)),
                ("typed_sealed", models.BinaryField(null=True)),
                ("reminded", models.DateTimeField(blank=True, null=True)),
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE,
                                              related_name="draft", to="cases.case")),
            ],
            options={"verbose_name": "draft", "verbose_name_plural": "drafts"},
        ),
        migrations.CreateModel(
            name="MailCode",
            fields=[
                ("id", KEY),
                ("digest", models.CharField(max_length=64)),
                ("sent", models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("times", models.PositiveSmallIntegerField(default=1)),
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE,
                                              related_name="mail_code", to="cases.case")),
            ],
            options={"verbose_name": "mailed code", "verbose_name_plural": "mailed codes"},
        ),
        migrations.RunSQL(GUARD, BACK),
        # Two who share a mailbox sign separately.
        migrations.AddField(
            "cosign", "number", models.PositiveSmallIntegerField(default=0)
        ),
        migrations.RemoveConstraint("cosign", "cases_co_sign_once"),
        migrations.AddConstraint(
            "cosign",
            models.UniqueConstraint(
                fields=("case", "email", "number"), name="cases_co_sign_once"
            ),
        ),
    ]  # fmt: skip
