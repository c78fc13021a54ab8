import django.db.models.deletion
import stadtkern.kernel.clock
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parking', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Board',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('uid', models.SlugField(max_length=60, unique=True)),
                ('on', models.BooleanField(default=True)),
                ('protocol', models.CharField(choices=[('lorawan', 'LoRaWAN'), ('modbus', 'Modbus TCP'), ('http', 'HTTP')], max_length=10)),
                ('address', models.CharField(max_length=300)),
                ('secret', models.BinaryField(blank=True, null=True)),
                ('width', models.PositiveSmallIntegerField(default=16)),
                ('facing', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('fallback', models.CharField(default='P+R', max_length=32)),
                ('low_word', models.CharField(blank=True, default='wenige', max_length=12)),
                ('full_word', models.CharField(default='besetzt', max_length=12)),
                ('closed_word', models.CharField(default='geschlossen', max_length=12)),
                ('least_word', models.CharField(default='mind.', max_length=12)),
                ('oldest_minutes', models.PositiveSmallIntegerField(default=15)),
                ('step', models.PositiveSmallIntegerField(default=1)),
                ('day_light', models.PositiveSmallIntegerField(default=100)),
                ('night_light', models.PositiveSmallIntegerField(default=30)),
                ('test_until', models.DateTimeField(blank=True, null=True)),
                ('wanted', models.JSONField(default=dict, editable=False)),
                ('wanted_at', models.DateTimeField(editable=False, null=True)),
                ('cause', models.CharField(choices=[('count', 'the counts changed'), ('stale', 'a count is too old'), ('light', 'day or night'), ('override', 'somebody set a text'), ('override_over', 'a text that somebody set is over'), ('template', 'the template was changed'), ('test', 'test pattern'), ('start', 'first message'), ('repeat', 'somebody asked to send it again'), ('repair', 'the board showed something else'), ('retry', 'the board did not answer before'), ('look', 'read back')], default='start', editable=False, max_length=14)),
                ('told', models.JSONField(default=dict, editable=False)),
                ('told_at', models.DateTimeField(editable=False, null=True)),
                ('shown', models.JSONField(default=dict, editable=False)),
                ('shown_at', models.DateTimeField(editable=False, null=True)),
                ('faults', models.JSONField(default=list, editable=False)),
                ('state', models.CharField(choices=[('new', 'never reached'), ('waiting', 'on its way'), ('good', 'shows what it should'), ('differs', 'shows something else'), ('silent', 'does not answer'), ('failed', 'out of order')], default='new', editable=False, max_length=8)),
                ('problem', models.CharField(blank=True, editable=False, max_length=300)),
                ('failures', models.PositiveIntegerField(default=0, editable=False)),
                ('failing_since', models.DateTimeField(editable=False, null=True)),
                ('due', models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False)),
                ('busy', models.DateTimeField(editable=False, null=True)),
                ('changed', models.DateTimeField(default=stadtkern.kernel.clock.now, editable=False)),
                ('place', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.place')),
            ],
            options={'ordering': ('uid',), 'verbose_name': 'display board', 'verbose_name_plural': 'display boards'},
        ),
        migrations.CreateModel(
            name='BoardLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('content', models.CharField(choices=[('site', 'a car park'), ('sum', 'several car parks together'), ('guide', 'the best of several car parks'), ('text', 'only text')], default='site', max_length=5)),
                ('audience', models.CharField(blank=True, choices=[('', 'for everybody'), ('disabled', 'for disabled people'), ('electric', 'for electric cars'), ('family', 'for families')], default='', max_length=10)),
                ('label', models.CharField(blank=True, max_length=32)),
                ('arrow', models.CharField(blank=True, choices=[('', 'no arrow'), ('auto', 'points to the car park'), ('ahead', 'straight on'), ('half_right', 'half right'), ('right', 'to the right'), ('back_right', 'back on the right'), ('back', 'to the rear'), ('back_left', 'back on the left'), ('left', 'to the left'), ('half_left', 'half left')], default='', max_length=10)),
                ('unknown', models.CharField(choices=[('fallback', 'show the static text'), ('at_least', 'show what is known, with “at least”')], default='fallback', max_length=8)),
                ('fallback', models.CharField(blank=True, max_length=32)),
                ('memory', models.JSONField(default=dict, editable=False)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='parking.board')),
                ('sites', models.ManyToManyField(blank=True, related_name='+', to='parking.site')),
            ],
            options={'ordering': ('board', 'number'), 'verbose_name': 'line of a board', 'verbose_name_plural': 'lines of boards'},
        ),
        migrations.CreateModel(
            name='BoardMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ('step', models.CharField(choices=[('wanted', 'wanted'), ('sent', 'sent'), ('acknowledged', 'acknowledged'), ('displayed', 'displayed'), ('failed', 'failed')], max_length=12)),
                ('cause', models.CharField(choices=[('count', 'the counts changed'), ('stale', 'a count is too old'), ('light', 'day or night'), ('override', 'somebody set a text'), ('override_over', 'a text that somebody set is over'), ('template', 'the template was changed'), ('test', 'test pattern'), ('start', 'first message'), ('repeat', 'somebody asked to send it again'), ('repair', 'the board showed something else'), ('retry', 'the board did not answer before'), ('look', 'read back')], max_length=14)),
                ('face', models.JSONField(default=dict)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='parking.board')),
            ],
            options={'ordering': ('-at', '-id'), 'verbose_name': 'message to a board', 'verbose_name_plural': 'messages to boards'},
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('texts', models.JSONField()),
                ('why', models.CharField(max_length=200)),
                ('by', models.CharField(max_length=200)),
                ('since', models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ('until', models.DateTimeField()),
                ('ended', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.CharField(blank=True, max_length=200)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='parking.board')),
            ],
            options={'ordering': ('-since', '-id'), 'verbose_name': 'text set by hand', 'verbose_name_plural': 'texts set by hand'},
        ),
        migrations.AddIndex(
            model_name='board',
            index=models.Index(condition=models.Q(('on', True)), fields=['due'], name='parking_board_due'),
        ),
        migrations.AddConstraint(
            model_name='board',
            constraint=models.CheckConstraint(condition=models.Q(('protocol__in', ['lorawan', 'modbus', 'http'])), name='parking_board_protocol'),
        ),
        migrations.AddConstraint(
            model_name='board',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['new', 'waiting', 'good', 'differs', 'silent', 'failed'])), name='parking_board_state'),
        ),
        migrations.AddConstraint(
            model_name='board',
            constraint=models.CheckConstraint(condition=models.Q(('width__gte', 6), ('width__lte', 32)), name='parking_board_width'),
        ),
        migrations.AddConstraint(
            model_name='board',
            constraint=models.CheckConstraint(condition=models.Q(('facing', None), ('facing__lt', 360), _connector='OR'), name='parking_board_facing'),
        ),
        migrations.AddConstraint(
            model_name='board',
            constraint=models.CheckConstraint(condition=models.Q(('oldest_minutes__gte', 1), ('step__gte', 1)), name='parking_board_limits'),
        ),
        migrations.AddConstraint(
            model_name='board',
            constraint=models.CheckConstraint(condition=models.Q(('day_light__lte', 100), ('night_light__lte', 100)), name='parking_board_light'),
        ),
        migrations.AddConstraint(
            model_name='board',
            constraint=models.UniqueConstraint(fields=('protocol', 'address'), name='parking_board_address_once'),
        ),
        migrations.AddConstraint(
            model_name='board',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('failing_since', None), ('failures', 0)), models.Q(('failing_since__isnull', False), ('failures__gt', 0)), _connector='OR'), name='parking_board_failing_since'),
        ),
        migrations.AddConstraint(
            model_name='boardline',
            constraint=models.UniqueConstraint(fields=('board', 'number'), name='parking_line_number'),
        ),
        migrations.AddConstraint(
            model_name='boardline',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 8)), name='parking_line_is_on_board'),
        ),
        migrations.AddConstraint(
            model_name='boardline',
            constraint=models.CheckConstraint(condition=models.Q(('content__in', ['site', 'sum', 'guide', 'text'])), name='parking_line_content'),
        ),
        migrations.AddConstraint(
            model_name='boardline',
            constraint=models.CheckConstraint(condition=models.Q(('audience__in', ['', 'disabled', 'electric', 'family'])), name='parking_line_audience'),
        ),
        migrations.AddConstraint(
            model_name='boardline',
            constraint=models.CheckConstraint(condition=models.Q(('arrow__in', ['', 'auto', 'ahead', 'half_right', 'right', 'back_right', 'back', 'back_left', 'left', 'half_left'])), name='parking_line_arrow'),
        ),
        migrations.AddConstraint(
            model_name='boardline',
            constraint=models.CheckConstraint(condition=models.Q(('unknown__in', ['fallback', 'at_least'])), name='parking_line_unknown'),
        ),
        migrations.AddIndex(
            model_name='boardmessage',
            index=models.Index(fields=['board', '-at'], name='parking_message_by_board'),
        ),
        migrations.AddConstraint(
            model_name='boardmessage',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ['wanted', 'sent', 'acknowledged', 'displayed', 'failed'])), name='parking_message_step'),
        ),
        migrations.AddConstraint(
            model_name='boardmessage',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['count', 'stale', 'light', 'override', 'override_over', 'template', 'test', 'start', 'repeat', 'repair', 'retry', 'look'])), name='parking_message_cause'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='parking_override_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.UniqueConstraint(condition=models.Q(('ended', None)), fields=('board',), name='parking_override_one_at_a_time'),
        ),
        migrations.RunSQL(
            sql="""
create function parking_board_message_stays() returns trigger language plpgsql as $$
begin
  raise exception 'messages to boards are never changed';
end $$;
create trigger parking_board_message_stays before update on parking_boardmessage
  for each row execute function parking_board_message_stays();
""",
            reverse_sql="""
drop trigger parking_board_message_stays on parking_boardmessage;
drop function parking_board_message_stays();
""",
        ),
    ]
