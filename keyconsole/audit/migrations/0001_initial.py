
import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(unique=True)),
                ('at', models.DateTimeField()),
                ('event', models.CharField(max_length=64)),
                ('actor', models.CharField(max_length=150)),
                ('subject', models.CharField(max_length=300)),
                ('account_id', models.CharField(blank=True, max_length=12)),
                ('data', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('previous', models.CharField(max_length=64, unique=True)),
                ('sha256', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['number'],
                'indexes': [models.Index(fields=['subject', 'number'], name='entry_subject'), models.Index(fields=['event', 'number'], name='entry_event'), models.Index(fields=['account_id', 'number'], name='entry_account')],
            },
        ),
    ]
