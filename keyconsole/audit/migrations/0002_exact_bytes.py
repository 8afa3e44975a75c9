import json
from hashlib import sha256

from django.db import migrations, models

from keyconsole.audit.write_once import protect, unprotect

MOST_BYTES = 65_535
PORTION = 1000


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False, allow_nan=False)


def leaf_of(members):
    return ('{' + ','.join(f'{json.dumps(name)}:{canonical(value)}' for name, value in members) + '}').encode()


def bytes_of(entry):
    """The bytes of an entry of 0.1.0: its fields, and both hashes of the chain that it was written in."""
    before = [
        ('v', 1),
        ('number', entry.number),
        ('at', entry.at.isoformat()),
        ('event', entry.event),
        ('actor', entry.actor),
        ('subject', entry.subject),
        ('account_id', entry.account_id),
    ]
    after = [('previous', entry.previous), ('sha256', entry.sha256)]
    leaf = leaf_of([*before, ('data', entry.data), *after])
    if len(leaf) <= MOST_BYTES:
        return leaf, None
    material = canonical(entry.data).encode()
    return leaf_of([*before, ('data_sha256', sha256(material).hexdigest()), *after]), material


def write_down(apps, schema_editor):
    """Once, here, and never again: from now on an entry is what its bytes say."""
    Entry = apps.get_model('audit', 'Entry')
    db = schema_editor.connection.alias
    done = 0
    while portion := list(Entry.objects.using(db).filter(number__gt=done).order_by('number')[:PORTION]):
        rows = [(*bytes_of(entry), entry.pk) for entry in portion]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany('UPDATE audit_entry SET leaf = %s, material = %s WHERE id = %s', rows)
        done = portion[-1].number


def close(apps, schema_editor):
    protect(schema_editor.connection, 'audit_entry', unique=('id', 'number', 'previous'))


def open_again(apps, schema_editor):
    unprotect(schema_editor.connection, 'audit_entry')


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='leaf',
            field=models.BinaryField(default=b''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='entry',
            name='material',
            field=models.BinaryField(null=True),
        ),
        migrations.RunPython(write_down, migrations.RunPython.noop),
        migrations.RunPython(close, open_again),
    ]
