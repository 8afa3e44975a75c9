"""What somebody does who may write to the database, and what finds it: an export, or the next signature."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from keyconsole.audit.models import Entry, SignedCheckpoint, Tile
from keyconsole.audit.notes import make_key_file
from keyconsole.audit.verifier import Key, NotValidError, check_export, signed
from keyconsole.policies.schedule import freeze
from keyconsole.worker.record import seen
from tests.audit.tampering import with_the_schemas_rights
from tests.worker.record.given import (
    carry_out,
    checked,
    export,
    forget_checkpoints,
    happen,
    make_anew,
    rewrite,
    sign,
)

pytestmark = [pytest.mark.django_db]
COUNT = 300


@pytest.fixture(autouse=True)
def signed_record(db):
    happen(COUNT)
    assert sign().problem == ""


def edit():
    rewrite(200, actor="eve")


def insert():
    Entry.objects.filter(number__gte=200).delete()
    happen(101, actor="eve")


def delete():
    Entry.objects.filter(number=200).delete()


def swap():
    one, two = (bytes(Entry.objects.get(number=n).leaf) for n in (200, 201))
    for number, leaf in ((200, two), (201, one)):
        Entry.objects.filter(number=number).update(leaf=leaf)


def cut_the_tail():
    Entry.objects.filter(number__gt=250).delete()


def delete_all():
    Entry.objects.all().delete()


def make_the_chain_and_the_tree_anew():
    rewrite(200, actor="eve")
    make_anew(200)


NOT_THE_ONE = "is not the one that stood there: it calls itself"
ATTACKS = {
    edit: "Intact up to entry 199. Entry 200 was changed.",
    insert: "Intact up to entry 199. Entry 200 was changed. Entry 201 was changed.",
    delete: f"Intact up to entry 199. Entry 200 {NOT_THE_ONE} 201.",
    swap: f"Intact up to entry 199. Entry 200 {NOT_THE_ONE} 201. Entry 201 {NOT_THE_ONE} 200.",
    cut_the_tail: "Intact up to entry 250. The record ends at entry 250, and 300 were signed.",
    delete_all: "Intact up to entry 0. The record ends at entry 0, and 300 were signed.",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda each: each.__name__)
def test_whoever_has_the_export_alone_is_told_and_so_is_the_verification(attack, tmp_path):
    with with_the_schemas_rights():
        attack()
    found = checked(export(tmp_path / "export"))
    assert found.words().startswith(ATTACKS[attack])
    duty = carry_out("verification")
    assert duty.problem.startswith(ATTACKS[attack].partition(".")[0])
    assert "The record does not hold: " in freeze.current_words()


def test_a_chain_and_tree_made_anew_are_not_what_was_signed(tmp_path):
    with with_the_schemas_rights():
        make_the_chain_and_the_tree_anew()
    assert Tile.objects.count() == 0
    duty = sign()
    assert "Entries 1 to 300 are not those that the checkpoint in the database signed." in duty.problem
    assert SignedCheckpoint.objects.count() == 1, "nothing more is signed"
    found = checked(export(tmp_path / "export"))
    assert found.words().startswith("Intact up to entry 0. Entries 1 to 300 are not those that were signed.")


def test_without_the_checkpoints_this_host_still_knows_the_last_one():
    with with_the_schemas_rights():
        make_the_chain_and_the_tree_anew()
        forget_checkpoints()
    problem = sign().problem
    assert problem.startswith("Entries 1 to 300 are not those that the checkpoint in ")
    assert str(seen.file()) in problem
    assert SignedCheckpoint.objects.count() == 0


def test_a_forgery_at_the_end_is_a_leaf_that_the_next_checkpoint_would_sign_but_an_older_one_does_not():
    """Whoever writes to the database can add what the program could; what was signed before still stands."""
    happen(1, actor="eve")
    assert sign().problem == ""
    first, second = SignedCheckpoint.objects.order_by("pk")
    assert (first.size, second.size) == (300, 301)


def test_a_forgery_at_the_end_that_was_not_written_by_the_rules_is_named():
    with with_the_schemas_rights():
        happen(2, actor="eve")
        Entry.objects.filter(number=302).update(leaf=b'{"v":1,"number":302,"previous":"x"}')
    assert carry_out("verification").problem.startswith("Intact up to entry 301. Entry 302 does not follow")


def test_an_old_checkpoint_that_is_played_again_is_found_by_who_knows_the_newer(tmp_path):
    export(tmp_path / "before")
    happen(50)
    sign()
    newer = signed(
        SignedCheckpoint.objects.latest("size").note, Key.parse((tmp_path / "before/key").read_text())
    )
    assert checked(tmp_path / "before").breaks == [], "it is a true state of then"
    key = Key.parse((tmp_path / "before" / "key").read_text())
    found = check_export(tmp_path / "before", key, [newer])
    assert found.words() == "Intact up to entry 300. The record ends at entry 300, and 351 were signed."
    with with_the_schemas_rights():
        SignedCheckpoint.objects.filter(size=351).delete()
        Entry.objects.filter(number__gt=300).delete()
        Tile.objects.all().delete()
    assert "The record ends at entry 300, and the checkpoint in " in sign().problem


def test_another_key_is_not_ours(tmp_path, settings):
    export(tmp_path / "before")
    known = Key.parse((tmp_path / "before" / "key").read_text())
    make_key_file(tmp_path / "other.pem")
    settings.KEYCONSOLE_CHECKPOINT_KEY_FILE = str(tmp_path / "other.pem")
    assert "is not signed by a key of ours" in sign().problem
    with pytest.raises(CommandError, match="signed by none of the keys"):
        call_command("export_audit", str(tmp_path / "after"))
    with with_the_schemas_rights():
        forget_checkpoints()
    seen.file().unlink()
    assert sign().problem == "", "who swaps the key and removes every trace of the old one signs anew"
    export(tmp_path / "after")
    assert checked(tmp_path / "after").breaks == [], "which its own key does not show"
    with pytest.raises(NotValidError, match="is not signed by the key"):
        check_export(tmp_path / "after", known)


def test_a_key_that_signed_before_is_named_when_it_is_replaced(tmp_path, settings):
    export(tmp_path / "before")
    make_key_file(tmp_path / "other.pem")
    settings.KEYCONSOLE_CHECKPOINT_KEY_FILE = str(tmp_path / "other.pem")
    settings.KEYCONSOLE_CHECKPOINT_OLD_KEYS = [(tmp_path / "before" / "key").read_text()]
    happen(1)
    assert sign().problem == ""
    assert carry_out("verification").problem == ""
    assert checked(export(tmp_path / "after")).size == 302


@pytest.mark.parametrize("part", ["checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000", "key"])
def test_every_file_of_an_export_counts(part, tmp_path):
    folder = export(tmp_path / "export")
    key = Key.parse((folder / "key").read_text())
    content = bytearray((folder / part).read_bytes())
    content[20] ^= 1
    (folder / part).write_bytes(bytes(content))
    try:
        found = check_export(folder, Key.parse((folder / "key").read_text()) if part == "key" else key)
    except (NotValidError, UnicodeDecodeError):
        return
    assert found.breaks
