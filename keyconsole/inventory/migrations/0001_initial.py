
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('aws_accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='MultiRegionKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_id', models.CharField(max_length=100)),
                ('primary_region', models.CharField(blank=True, max_length=32)),
                ('key_spec', models.CharField(blank=True, max_length=40)),
                ('key_usage', models.CharField(blank=True, max_length=40)),
                ('origin', models.CharField(blank=True, max_length=40)),
                ('alias', models.CharField(blank=True, max_length=256)),
                ('first_seen_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='aws_accounts.awsaccount')),
            ],
        ),
        migrations.CreateModel(
            name='PrimaryPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=32)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('not_before', models.DateTimeField(blank=True, null=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('cause', models.CharField(choices=[('first-seen', 'First Seen'), ('change', 'Change'), ('out-of-band', 'Out Of Band')], max_length=12)),
                ('change_ref', models.CharField(blank=True, max_length=20)),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='primary_periods', to='inventory.multiregionkey')),
            ],
            options={
                'ordering': ['started_at'],
            },
        ),
        migrations.CreateModel(
            name='RegionKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=32)),
                ('sight', models.CharField(choices=[('seen', 'Seen'), ('denied', 'Denied'), ('unreachable', 'Unreachable'), ('unlooked', 'Unlooked'), ('gone', 'Gone')], default='unlooked', max_length=12)),
                ('role', models.CharField(blank=True, max_length=10)),
                ('state', models.CharField(blank=True, max_length=30)),
                ('description', models.TextField(blank=True)),
                ('aliases', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(null=True)),
                ('deletion_at', models.DateTimeField(null=True)),
                ('pending_window_days', models.PositiveSmallIntegerField(null=True)),
                ('first_seen_at', models.DateTimeField(null=True)),
                ('last_seen_at', models.DateTimeField(null=True)),
                ('last_look_at', models.DateTimeField(null=True)),
                ('details_at', models.DateTimeField(null=True)),
                ('details_problem', models.TextField(blank=True)),
                ('policy', models.TextField(blank=True)),
                ('policy_sha256', models.CharField(blank=True, max_length=64)),
                ('tags', models.JSONField(default=dict)),
                ('rotation', models.JSONField(null=True)),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='region_keys', to='inventory.multiregionkey')),
            ],
            options={
                'ordering': ['region'],
            },
        ),
        migrations.CreateModel(
            name='Scan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease', models.CharField(blank=True, default='', max_length=32)),
                ('depth', models.CharField(choices=[('keys', 'Keys'), ('details', 'Details')], default='keys', max_length=10)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('finished', 'Finished'), ('failed', 'Failed'), ('lost', 'Lost')], default='waiting', max_length=10)),
                ('asked_by', models.CharField(max_length=150)),
                ('asked_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('problem', models.TextField(blank=True)),
                ('calls', models.JSONField(default=dict)),
                ('keys_seen', models.PositiveIntegerField(default=0)),
                ('version', models.PositiveIntegerField(default=0)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scans', to='aws_accounts.awsaccount')),
            ],
            options={
                'ordering': ['-asked_at'],
            },
        ),
        migrations.CreateModel(
            name='RegionScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=32)),
                ('outcome', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('seen', 'Seen'), ('empty', 'Empty'), ('partial', 'Partial'), ('denied', 'Denied'), ('unreachable', 'Unreachable'), ('failed', 'Failed')], default='waiting', max_length=12)),
                ('problem', models.TextField(blank=True)),
                ('keys_seen', models.PositiveIntegerField(default=0)),
                ('keys_denied', models.PositiveIntegerField(default=0)),
                ('calls', models.PositiveIntegerField(default=0)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('scan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='region_scans', to='inventory.scan')),
            ],
            options={
                'ordering': ['region'],
            },
        ),
        migrations.AddIndex(
            model_name='multiregionkey',
            index=models.Index(fields=['alias'], name='key_alias'),
        ),
        migrations.AddIndex(
            model_name='multiregionkey',
            index=models.Index(fields=['primary_region'], name='key_primary_region'),
        ),
        migrations.AddConstraint(
            model_name='multiregionkey',
            constraint=models.UniqueConstraint(fields=('account', 'key_id'), name='one_key_per_account'),
        ),
        migrations.AddConstraint(
            model_name='primaryperiod',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('key',), name='one_open_period_per_key'),
        ),
        migrations.AddConstraint(
            model_name='primaryperiod',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='period_ends_after_start'),
        ),
        migrations.AddIndex(
            model_name='regionkey',
            index=models.Index(fields=['region', 'role'], name='region_key_region_role'),
        ),
        migrations.AddConstraint(
            model_name='regionkey',
            constraint=models.UniqueConstraint(fields=('key', 'region'), name='one_region_key'),
        ),
        migrations.AddConstraint(
            model_name='regionkey',
            constraint=models.CheckConstraint(condition=models.Q(('sight__in', ['seen', 'denied', 'unreachable', 'unlooked', 'gone'])), name='region_key_known_sight'),
        ),
        migrations.AddIndex(
            model_name='scan',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='scan_due'),
        ),
        migrations.AddIndex(
            model_name='scan',
            index=models.Index(fields=['account', '-asked_at'], name='scan_account_asked'),
        ),
        migrations.AddConstraint(
            model_name='scan',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('account',), name='one_open_scan_per_account'),
        ),
        migrations.AddConstraint(
            model_name='regionscan',
            constraint=models.UniqueConstraint(fields=('scan', 'region'), name='one_part_per_region'),
        ),
    ]
