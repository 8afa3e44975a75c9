
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('inventory', '0001_initial'),
        ('policies', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease', models.CharField(blank=True, default='', max_length=32)),
                ('number', models.PositiveIntegerField(unique=True)),
                ('reason', models.TextField()),
                ('ticket', models.CharField(blank=True, max_length=100)),
                ('request_token', models.CharField(max_length=64, unique=True)),
                ('on_failure', models.CharField(choices=[('stop', 'Stop'), ('carry-on', 'Carry On')], default='stop', max_length=10)),
                ('plan', models.JSONField()),
                ('plan_sha256', models.CharField(max_length=64)),
                ('requested_at', models.DateTimeField()),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('stopped_why', models.TextField(blank=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('puts_back', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='put_back_by', to='changes.batch')),
                ('requester', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease', models.CharField(blank=True, default='', max_length=32)),
                ('number', models.PositiveIntegerField(unique=True)),
                ('kind', models.CharField(choices=[('update-primary-region', 'Update Primary Region')], default='update-primary-region', max_length=40)),
                ('from_region', models.CharField(max_length=32)),
                ('to_region', models.CharField(max_length=32)),
                ('reason', models.TextField()),
                ('ticket', models.CharField(blank=True, max_length=100)),
                ('request_token', models.CharField(max_length=64, unique=True)),
                ('plan', models.JSONField()),
                ('plan_sha256', models.CharField(max_length=64)),
                ('rules', models.JSONField(default=dict)),
                ('policy_why', models.TextField(blank=True)),
                ('is_emergency', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('pending', 'pending'), ('approved', 'approved'), ('executing', 'executing'), ('settling', 'settling'), ('done', 'done'), ('rejected', 'rejected'), ('cancelled', 'cancelled'), ('expired', 'expired'), ('stale', 'stale'), ('not_applied', 'not_applied')], default='pending', max_length=12)),
                ('version', models.PositiveIntegerField(default=1)),
                ('outcome', models.TextField(blank=True)),
                ('requested_at', models.DateTimeField()),
                ('state_since', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('request_expires_at', models.DateTimeField(blank=True, null=True)),
                ('approval_expires_at', models.DateTimeField(blank=True, null=True)),
                ('run_at', models.DateTimeField(blank=True, null=True)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('rounds_taken', models.PositiveIntegerField(default=0)),
                ('deadline_at', models.DateTimeField(blank=True, null=True)),
                ('overdue_since', models.DateTimeField(blank=True, null=True)),
                ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='changes.batch')),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='inventory.multiregionkey')),
                ('policy_version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='policies.policyversion')),
                ('requester', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requested_changes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan_sha256', models.CharField(max_length=64)),
                ('key_arn', models.CharField(max_length=300)),
                ('to_region', models.CharField(max_length=32)),
                ('worker', models.CharField(max_length=100)),
                ('started_at', models.DateTimeField()),
                ('answer', models.CharField(choices=[('none-yet', 'None Yet'), ('success', 'Success'), ('refused', 'Refused'), ('lost', 'Lost'), ('not-sent', 'Not Sent')], default='none-yet', max_length=10)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('request_id', models.CharField(blank=True, max_length=100)),
                ('error_code', models.CharField(blank=True, max_length=100)),
                ('error_message', models.TextField(blank=True)),
                ('culprit_arn', models.CharField(blank=True, max_length=300)),
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='attempt', to='changes.change')),
            ],
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan_sha256', models.CharField(max_length=64)),
                ('comment', models.TextField(blank=True)),
                ('approved_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('approver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='given_approvals', to=settings.AUTH_USER_MODEL)),
                ('requester', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='changes.change')),
            ],
            options={
                'ordering': ['approved_at'],
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('written_at', models.DateTimeField()),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='changes.change')),
            ],
            options={
                'ordering': ['written_at'],
            },
        ),
        migrations.CreateModel(
            name='Observation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveIntegerField()),
                ('region', models.CharField(max_length=32)),
                ('looked_at', models.DateTimeField()),
                ('role', models.CharField(blank=True, max_length=10)),
                ('state', models.CharField(blank=True, max_length=30)),
                ('names_primary', models.CharField(blank=True, max_length=32)),
                ('problem', models.TextField(blank=True)),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='observations', to='changes.change')),
            ],
            options={
                'ordering': ['round', 'region'],
            },
        ),
        migrations.CreateModel(
            name='Rejection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('rejected_at', models.DateTimeField()),
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='rejection', to='changes.change')),
                ('rejecter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('was_right', models.BooleanField(blank=True, null=True)),
                ('comment', models.TextField(blank=True)),
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='review', to='changes.change')),
                ('reviewer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('used_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owed_reviews', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['due_at'],
            },
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='batch_due'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='change_due'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['state'], name='change_state'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['approved', 'executing', 'pending', 'settling'])), fields=('key',), name='one_open_change_per_key'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'approved', 'executing', 'settling', 'done', 'rejected', 'cancelled', 'expired', 'stale', 'not_applied'])), name='change_known_state'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['update-primary-region'])), name='change_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(('from_region', models.F('to_region')), _negated=True), name='change_moves_somewhere'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('change', 'approver'), name='one_approval_each'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('approver', models.F('requester')), _negated=True), name='approver_is_not_the_requester'),
        ),
        migrations.AddConstraint(
            model_name='observation',
            constraint=models.UniqueConstraint(fields=('change', 'round', 'region'), name='one_observation_per_round'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('reviewer', None), models.Q(('reviewer', models.F('used_by')), _negated=True), _connector='OR'), name='reviewer_is_not_the_user'),
        ),
    ]
