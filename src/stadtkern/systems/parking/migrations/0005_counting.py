import django.db.models.deletion
from django.db import migrations, models

import stadtkern.kernel.clock


class Migration(migrations.Migration):

    dependencies = [
        ("places", "0001_initial"),
        ("things", "0001_initial"),
        ("parking", "0004_sources"),
    ]

    operations = [
        migrations.CreateModel(
            name='Calibration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('occupied', models.IntegerField()),
                ('delta', models.IntegerField(default=0)),
                ('source', models.CharField(choices=[('manual', 'counted by hand'), ('night', "corrected from the night's count")], default='manual', max_length=8)),
                ('lowest', models.IntegerField(blank=True, null=True)),
                ('low', models.IntegerField(blank=True, null=True)),
                ('high', models.IntegerField(blank=True, null=True)),
                ('passed', models.IntegerField(default=0)),
                ('by', models.CharField(blank=True, max_length=200)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('made', models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calibrations', to='parking.site')),
            ],
            options={
                'verbose_name': 'calibration',
                'verbose_name_plural': 'calibrations',
                'ordering': ('-at', '-id'),
                'constraints': [models.UniqueConstraint(fields=('site', 'at'), name='parking_calibration_instant'), models.CheckConstraint(condition=models.Q(('occupied__gte', 0)), name='parking_calibration_count'), models.CheckConstraint(condition=models.Q(('source__in', ['manual', 'night'])), name='parking_calibration_source')],
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('by', models.CharField(blank=True, max_length=200)),
                ('bay', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.place')),
            ],
            options={
                'verbose_name': 'closed bay',
                'verbose_name_plural': 'closed bays',
                'ordering': ('bay',),
                'constraints': [models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='parking_closure_ends_after_it_began')],
            },
        ),
        migrations.CreateModel(
            name='Entrance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('entrance', 'entry'), ('exit', 'exit'), ('both', 'entry and exit'), ('foot', 'entry on foot')], default='both', max_length=10)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('lon', models.FloatField()),
                ('lat', models.FloatField()),
                ('max_height_cm', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entrances', to='parking.site')),
            ],
            options={
                'verbose_name': 'entrance',
                'verbose_name_plural': 'entrances',
                'ordering': ('site', 'kind', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['entrance', 'exit', 'both', 'foot'])), name='parking_entrance_kind'), models.CheckConstraint(condition=models.Q(('lat__gte', -90), ('lat__lte', 90), ('lon__gte', -180), ('lon__lte', 180)), name='parking_entrance_lies_on_earth')],
            },
        ),
        migrations.CreateModel(
            name='Fault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('stuck', 'does not change any more'), ('flapping', 'changes too often'), ('silent', 'sends nothing'), ('battery', 'low battery'), ('below_zero', 'more vehicles than spaces'), ('above_capacity', 'more free than there are'), ('jump', 'counter jumped')], max_length=16)),
                ('since', models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('evidence', models.JSONField(blank=True, default=dict)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('checked_by', models.CharField(blank=True, max_length=200)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.place')),
                ('thing', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='things.thing')),
            ],
            options={
                'verbose_name': 'fault',
                'verbose_name_plural': 'faults',
                'ordering': ('-since', '-id'),
                'indexes': [models.Index(fields=['until', '-since'], name='parking_fault_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('place', 'thing', 'kind'), name='parking_fault_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('kind__in', ['stuck', 'flapping', 'silent', 'battery', 'below_zero', 'above_capacity', 'jump'])), name='parking_fault_kind'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='parking_fault_ends_after_it_began')],
            },
        ),
        migrations.CreateModel(
            name='Lane',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('direction', models.CharField(choices=[('in', 'in'), ('out', 'out'), ('both', 'in and out')], default='both', max_length=4)),
                ('wraps_at', models.BigIntegerField(default=4294967296)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lanes', to='parking.site')),
                ('thing', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='things.thing')),
            ],
            options={
                'verbose_name': 'lane',
                'verbose_name_plural': 'lanes',
                'ordering': ('site', 'name', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('direction__in', ['in', 'out', 'both'])), name='parking_lane_direction'), models.CheckConstraint(condition=models.Q(('wraps_at__gt', 0)), name='parking_lane_wraps')],
            },
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=80)),
                ('title_en', models.CharField(blank=True, max_length=80)),
                ('cents', models.PositiveIntegerField()),
                ('minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('weight', models.SmallIntegerField(default=50)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='parking.site')),
            ],
            options={
                'verbose_name': 'price',
                'verbose_name_plural': 'prices',
                'ordering': ('site', 'weight', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('minutes', None), ('minutes__gt', 0), _connector='OR'), name='parking_price_minutes')],
            },
        ),
    ]
