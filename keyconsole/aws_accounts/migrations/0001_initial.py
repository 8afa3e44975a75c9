
import django.core.validators
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
            name='AwsAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease', models.CharField(blank=True, default='', max_length=32)),
                ('account_id', models.CharField(max_length=12, unique=True, validators=[django.core.validators.RegexValidator('\\A\\d{12}\\Z', 'An AWS account number has exactly 12 digits.')])),
                ('name', models.CharField(max_length=80, unique=True)),
                ('unit', models.CharField(blank=True, max_length=200)),
                ('partition', models.CharField(default='aws', max_length=20)),
                ('regions', models.JSONField(blank=True, default=list)),
                ('origin', models.CharField(choices=[('terminal', 'terminal'), ('page', 'page')], default='terminal', max_length=10)),
                ('source', models.CharField(choices=[('default', 'default'), ('profile', 'profile'), ('env-keys', 'env-keys'), ('web-identity', 'web-identity')], default='default', max_length=20)),
                ('profile_name', models.CharField(blank=True, max_length=200)),
                ('profile_location', models.CharField(blank=True, max_length=500)),
                ('env_prefix', models.CharField(blank=True, max_length=100)),
                ('web_identity_token_file', models.CharField(blank=True, max_length=500)),
                ('web_identity_role_arn', models.CharField(blank=True, max_length=500)),
                ('role_arn', models.CharField(blank=True, max_length=500)),
                ('external_id', models.CharField(blank=True, max_length=1224)),
                ('session_name', models.CharField(blank=True, max_length=64)),
                ('endpoint_url', models.URLField(blank=True, max_length=500)),
                ('use_fips', models.BooleanField(default=False)),
                ('use_dual_stack', models.BooleanField(default=False)),
                ('tested_at', models.DateTimeField(blank=True, null=True)),
                ('test_problem', models.TextField(blank=True)),
                ('test_asked_by', models.CharField(blank=True, max_length=150)),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['name'],
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='account_test_due')],
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('viewer', 'viewer'), ('requester', 'requester'), ('approver', 'approver'), ('auditor', 'auditor'), ('administrator', 'administrator')], max_length=20)),
                ('granted_by', models.CharField(max_length=150)),
                ('granted_at', models.DateTimeField()),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='role_grants', to='aws_accounts.awsaccount')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='role_grants', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'role', 'account'), name='one_grant_per_account'), models.UniqueConstraint(condition=models.Q(('account', None)), fields=('person', 'role'), name='one_grant_for_all'), models.CheckConstraint(condition=models.Q(('role__in', ['viewer', 'requester', 'approver', 'auditor', 'administrator'])), name='grant_of_known_role')],
            },
        ),
    ]
