"""Policies select accounts by number. What the names in stored documents mean is kept as of today, beside them."""

from django.db import migrations, models


def keep_what_names_mean(apps, schema_editor):
    """Documents are never written anew: people agreed to their hashes."""
    numbers = dict(apps.get_model("aws_accounts", "AwsAccount").objects.values_list("name", "account_id"))
    for version in apps.get_model("policies", "PolicyVersion").objects.all():
        named = _accounts_of(version.document)
        version.account_numbers = {name: numbers[name] for name in named if numbers.get(name, name) != name}
        if version.account_numbers:
            version.save(update_fields=["account_numbers"])


def _accounts_of(document):
    selector = document.get("applies_to") if isinstance(document, dict) else None
    accounts = selector.get("accounts") if isinstance(selector, dict) else None
    entries = accounts if isinstance(accounts, list) else []
    return [entry for entry in entries if isinstance(entry, str)]


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial"), ("aws_accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="policyversion", name="account_numbers", field=models.JSONField(default=dict)
        ),
        migrations.RunPython(keep_what_names_mean, migrations.RunPython.noop),
    ]
