
import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Route',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(max_length=60)),
                ('kind', models.CharField(choices=[('apprise', 'Apprise'), ('webhook', 'Webhook')], max_length=10)),
                ('url_env', models.CharField(max_length=100)),
                ('secret_env', models.CharField(blank=True, max_length=100)),
                ('topics', models.JSONField(default=list)),
                ('accounts', models.JSONField(default=list)),
                ('added_by', models.CharField(max_length=150)),
                ('added_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['name', '-added_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('name',), name='one_route_of_a_name'), models.CheckConstraint(condition=models.Q(('kind__in', ['apprise', 'webhook'])), name='route_known_kind')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease', models.CharField(blank=True, default='', max_length=32)),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('topic', models.CharField(max_length=64)),
                ('account_id', models.CharField(blank=True, max_length=12)),
                ('subject', models.CharField(max_length=300)),
                ('body', models.TextField()),
                ('path', models.CharField(blank=True, max_length=300)),
                ('data', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('failed', 'Failed'), ('sent', 'Sent'), ('dead', 'Dead')], default='waiting', max_length=8)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('last_problem', models.CharField(blank=True, max_length=300)),
                ('dedupe_key', models.CharField(blank=True, max_length=200)),
                ('repeat', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('route', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='notifications.route')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='delivery_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('route', None)), models.Q(('person', None), ('route__isnull', False)), _connector='OR'), name='delivery_to_a_route_or_a_person'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'failed', 'sent', 'dead'])), name='delivery_known_state'), models.UniqueConstraint(condition=models.Q(models.Q(('dedupe_key', ''), _negated=True), ('person', None)), fields=('dedupe_key', 'route', 'repeat'), name='told_a_route_once'), models.UniqueConstraint(condition=models.Q(models.Q(('dedupe_key', ''), _negated=True), ('route', None)), fields=('dedupe_key', 'person', 'repeat'), name='told_a_person_once')],
            },
        ),
    ]
