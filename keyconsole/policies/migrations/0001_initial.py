
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(max_length=60, unique=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Freeze',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.TextField()),
                ('frozen_by', models.CharField(max_length=150)),
                ('frozen_at', models.DateTimeField()),
                ('lifted_by', models.CharField(blank=True, max_length=150)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-frozen_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('lifted_by',), name='one_open_freeze')],
            },
        ),
        migrations.CreateModel(
            name='PolicyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('document', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('active', 'Active'), ('superseded', 'Superseded'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=12)),
                ('why', models.TextField()),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('requirements', models.JSONField(default=list)),
                ('at_the_terminal', models.BooleanField(default=False)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='policies.policy')),
                ('proposer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['policy__name', '-number'],
            },
        ),
        migrations.CreateModel(
            name='PolicyVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('agrees', models.BooleanField()),
                ('comment', models.TextField(blank=True)),
                ('voted_at', models.DateTimeField()),
                ('proposer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='policies.policyversion')),
                ('voter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.UniqueConstraint(fields=('policy', 'number'), name='one_version_number'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('policy',), name='one_active_version_per_policy'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('policy',), name='one_proposed_version_per_policy'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'active', 'superseded', 'rejected', 'withdrawn'])), name='version_known_state'),
        ),
        migrations.AddConstraint(
            model_name='policyvote',
            constraint=models.UniqueConstraint(fields=('version', 'voter'), name='one_vote_each'),
        ),
        migrations.AddConstraint(
            model_name='policyvote',
            constraint=models.CheckConstraint(condition=models.Q(('voter', models.F('proposer')), _negated=True), name='voter_is_not_the_proposer'),
        ),
    ]
