from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0007_link_seen_by_nobody_else'),
    ]

    operations = [
        migrations.AddField(
            model_name='ssoidentity',
            name='second_factor',
            field=models.BooleanField(default=False),
        ),
    ]
