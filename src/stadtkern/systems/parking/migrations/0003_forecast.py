import django.db.models.deletion
import stadtkern.kernel.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parking', '0002_boards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Forecast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made', models.DateTimeField()),
                ('begins', models.DateTimeField()),
                ('known', models.BooleanField(default=True)),
                ('capacity', models.PositiveIntegerField()),
                ('free', models.JSONField(default=list)),
                ('quantities', models.JSONField(default=list)),
                ('ways', models.JSONField(default=list)),
                ('site', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parking.site')),
            ],
            options={
                'verbose_name': 'forecast',
                'verbose_name_plural': 'forecasts',
                'ordering': ('site',),
            },
        ),
        migrations.CreateModel(
            name='Arrived',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('arrivals', models.JSONField(default=dict)),
                ('known', models.FloatField()),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parking.site')),
            ],
            options={
                'verbose_name': 'arrivals of a day',
                'verbose_name_plural': 'arrivals of days',
                'ordering': ('day', 'site'),
                'constraints': [models.UniqueConstraint(fields=('site', 'day'), name='parking_arrived_once'), models.CheckConstraint(condition=models.Q(('known__gte', 0), ('known__lte', 1)), name='parking_arrived_known')],
            },
        ),
        migrations.CreateModel(
            name='Foretold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minutes', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('free', models.FloatField()),
                ('low', models.FloatField()),
                ('high', models.FloatField()),
                ('last', models.FloatField()),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parking.site')),
            ],
            options={
                'verbose_name': 'forecast to be compared',
                'verbose_name_plural': 'forecasts to be compared',
                'ordering': ('at', 'site', 'minutes'),
                'indexes': [models.Index(fields=['at'], name='parking_foretold_at')],
                'constraints': [models.UniqueConstraint(fields=('site', 'minutes', 'at'), name='parking_foretold_once')],
            },
        ),
        migrations.CreateModel(
            name='Learnt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=stadtkern.kernel.clock.now)),
                ('begins', models.DateTimeField(null=True)),
                ('ends', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=20)),
                ('numbers', models.JSONField(default=dict)),
                ('figures', models.JSONField(default=dict)),
                ('site', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parking.site')),
            ],
            options={
                'verbose_name': 'learnt rhythm of a car park',
                'verbose_name_plural': 'learnt rhythms of car parks',
                'ordering': ('site',),
                'constraints': [models.CheckConstraint(condition=models.Q(('reason__in', ['', 'short', 'gaps', 'capacity'])), name='parking_learnt_reason')],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minutes', models.PositiveSmallIntegerField()),
                ('day', models.DateField()),
                ('n', models.PositiveIntegerField(default=0)),
                ('off', models.FloatField(default=0)),
                ('last_off', models.FloatField(default=0)),
                ('held', models.PositiveIntegerField(default=0)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parking.site')),
            ],
            options={
                'verbose_name': 'kept forecast',
                'verbose_name_plural': 'kept forecasts',
                'ordering': ('day', 'site', 'minutes'),
                'constraints': [models.UniqueConstraint(fields=('site', 'minutes', 'day'), name='parking_score_once'), models.CheckConstraint(condition=models.Q(('held__lte', models.F('n'))), name='parking_score_adds_up')],
            },
        ),
    ]
