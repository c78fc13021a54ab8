"""Messages to devices."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

import stadtkern.kernel.clock

STEPS = [
    (0, "waiting"),
    (10, "with the network"),
    (20, "expired"),
    (21, "superseded"),
    (22, "cancelled"),
    (30, "not sent"),
    (40, "sent"),
    (50, "not acknowledged"),
    (60, "acknowledged"),
]
STATES = [
    (0, "waiting"),
    (10, "queued"),
    (20, "expired"),
    (21, "superseded"),
    (22, "cancelled"),
    (30, "failed"),
    (40, "sent"),
    (50, "failed"),
    (60, "acked"),
]
FITS = Q()
for step, state in STATES:
    FITS |= Q(step=step, state=state)

# No program and no person at the tables takes back what a network or a device has said.
FORWARDS = """
create function devices_downlink_forwards() returns trigger language plpgsql as $$
begin
  raise exception 'a downlink goes from step % to % only forwards', old.step, new.step
    using errcode = 'check_violation', constraint = 'devices_downlink_forwards';
end $$;
create trigger devices_downlink_forwards before update on devices_downlink
  for each row when (new.step < old.step) execute function devices_downlink_forwards();
"""
BACK = """
drop trigger devices_downlink_forwards on devices_downlink;
drop function devices_downlink_forwards();
"""


class Migration(migrations.Migration):
    """Messages to devices."""

    dependencies = [("devices", "0005_gateways")]
    operations = [
        migrations.RemoveIndex("downlink", "devices_downlink_open"),
        migrations.RemoveIndex("downlink", "devices_downlink_remote"),
        migrations.RemoveField("downlink", "remote"),
        migrations.AddField(
            "downlink",
            "remote",
            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            "downlink",
            "step",
            models.SmallIntegerField(choices=STEPS, db_default=0, default=0),
        ),
        migrations.AddField("downlink", "history", models.JSONField(db_default={}, default=dict)),
        migrations.AddField(
            "downlink", "handed", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "downlink",
            "due",
            models.DateTimeField(
                blank=True, default=stadtkern.kernel.clock.now, editable=False, null=True
            ),
        ),
        migrations.AddField(
            "downlink", "recall", models.SmallIntegerField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "downlink",
            "again",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="devices.downlink",
            ),
        ),
        migrations.AddIndex(
            "downlink",
            models.Index(
                condition=Q(state__in=["waiting", "queued", "sent"]),
                fields=["device", "-priority", "id"],
                name="devices_downlink_open",
            ),
        ),
        migrations.AddIndex(
            "downlink",
            models.Index(condition=~Q(due=None), fields=["due"], name="devices_downlink_due"),
        ),
        migrations.AddIndex(
            "downlink", models.Index(fields=["state", "-id"], name="devices_downlink_state")
        ),
        migrations.AddConstraint(
            "downlink",
            models.CheckConstraint(
                condition=Q(LessThanOrEqual(Length("payload"), 242))
                & Q(GreaterThanOrEqual(Length("payload"), 1)),
                name="devices_downlink_size",
            ),
        ),
        migrations.AddConstraint(
            "downlink", models.CheckConstraint(condition=FITS, name="devices_downlink_step")
        ),
        migrations.AddConstraint(
            "downlink",
            models.UniqueConstraint(
                condition=Q(state="waiting", handed=None) & ~Q(topic=""),
                fields=["device", "topic"],
                name="devices_downlink_topic",
            ),
        ),
        migrations.AddConstraint(
            "downlink",
            models.UniqueConstraint(
                condition=Q(state__in=["waiting", "queued"], handed__isnull=False),
                fields=["device"],
                name="devices_downlink_one_out",
            ),
        ),
        migrations.RunSQL(FORWARDS, BACK),
    ]
