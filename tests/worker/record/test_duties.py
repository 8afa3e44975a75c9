"""What workers owe the record: signed as it grows, checked, kept elsewhere; each by one worker at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from keyconsole.audit.models import Duty, Entry, Receipt, SignedCheckpoint, Tile
from keyconsole.audit.notes import FileSigner, KeyFileError, make_key_file
from keyconsole.audit.state import record_state
from keyconsole.audit.tiles import grow, nodes, tree_size
from keyconsole.audit.verifier import leaf_hash
from keyconsole.notifications.models import Delivery, Route
from keyconsole.policies.models import Freeze
from keyconsole.worker.lanes import lanes
from keyconsole.worker.record import duties, seen
from tests.audit.tampering import with_the_schemas_rights
from tests.cast import NOW
from tests.worker.record.given import ORIGIN, carry_out, happen, make_anew, rewrite, sign

pytestmark = pytest.mark.django_db
KEPT = "anchor: directory"


@pytest.fixture
def anchor(settings, tmp_path):
    settings.KEYCONSOLE_ANCHOR_DIRECTORY = str(tmp_path / "elsewhere")
    return tmp_path / "elsewhere" / ORIGIN.replace("/", "_")


def test_the_tree_is_that_of_all_entries_however_it_grew():
    for count in (1, 255, 1, 300, 2100):
        happen(count)
        assert grow() == Entry.objects.count() == tree_size()
    hashes = [
        leaf_hash(bytes(leaf)) for leaf in Entry.objects.order_by("number").values_list("leaf", flat=True)
    ]
    assert [nodes().leaf(n) for n in (1, 256, 257, 2657)] == [hashes[n - 1] for n in (1, 256, 257, 2657)]
    assert sorted(Tile.objects.values_list("level", "index")) == [*((0, n) for n in range(11)), (1, 0)]


def test_growing_by_one_costs_the_same_at_any_size(django_assert_max_num_queries):
    happen(3000)
    grow()
    happen(1)
    with django_assert_max_num_queries(16):
        assert grow() == 3001


def test_a_checkpoint_is_signed_where_something_was_recorded_and_only_then():
    happen(3)
    assert sign().size == 3
    sign()
    assert SignedCheckpoint.objects.count() == 1
    happen(1)
    duty = sign()
    assert [each.size for each in SignedCheckpoint.objects.order_by("pk")] == [3, 4]
    assert duty.due_at is not None
    assert timedelta(seconds=50) < duty.due_at - timezone.now() <= duties.EVERY
    assert seen.file().read_text() == SignedCheckpoint.objects.latest("size").note


def test_without_a_key_nothing_is_signed_and_the_tree_grows_all_the_same(settings):
    settings.KEYCONSOLE_CHECKPOINT_KEY_FILE = ""
    happen(3)
    duty = sign()
    assert (duty.problem, tree_size(), SignedCheckpoint.objects.count()) == ("", 3, 0)
    with pytest.raises(CommandError, match="Nothing signs here"):
        call_command("checkpoint")


def test_a_key_that_cannot_be_used_is_said_and_is_no_alarm(settings, tmp_path):
    (tmp_path / "key.pem").write_text("no key")
    happen(1)
    duty = sign()
    assert "holds no private key" in duty.problem
    assert not duty.is_break
    assert record_state().signing_problem == duty.problem
    assert not Freeze.objects.exists()


def test_which_files_hold_a_key(tmp_path):
    make_key_file(tmp_path / "made.pem")
    assert (tmp_path / "made.pem").stat().st_mode & 0o777 == 0o600
    assert FileSigner(tmp_path / "made.pem", name="a").key.name == "a"
    with pytest.raises(FileExistsError):
        make_key_file(tmp_path / "made.pem")
    with pytest.raises(KeyFileError, match="cannot be read"):
        FileSigner(tmp_path / "nowhere.pem", name="a")


@pytest.mark.parametrize("origin", ["", "with space", "a+b", "two\nlines"])
def test_a_record_has_a_name_that_notes_can_hold(origin, settings):
    settings.KEYCONSOLE_CHECKPOINT_ORIGIN = origin
    happen(1)
    assert "must name the record" in sign().problem


def test_a_rewrite_stops_the_signer_and_is_told_once(cast):
    Route.objects.create(name="ops", kind="webhook", url_env="OPS", topics=[], added_at=NOW, added_by="ada")
    happen(3)
    sign()
    with with_the_schemas_rights():
        rewrite(2, actor="eve")
        make_anew(2)
    first, again = sign(), sign()
    assert (
        first.problem
        == again.problem
        == "Entries 1 to 3 are not those that the checkpoint in the database signed."
    )
    assert again.is_break
    told = Entry.objects.get(event="record.broken")
    assert told.data["what"] == first.problem
    assert Delivery.objects.filter(topic="record.broken").exists()
    assert Freeze.objects.count() == 1
    state = record_state()
    assert (state.broken, state.signed.size if state.signed else 0) == (first.problem, 3)
    assert state.numbers(now=timezone.now())["record_broken"] == 1


def test_the_check_reads_everything_and_comes_due_again_at_night():
    happen(5)
    sign()
    duty = carry_out("verification")
    assert (duty.size, duty.problem) == (5, "")
    assert duty.due_at is not None
    assert (duty.due_at.hour, duty.due_at.minute) == (2, 0)
    assert timezone.now() < duty.due_at <= timezone.now() + timedelta(days=1)
    duties.begin(now=timezone.now())
    assert Duty.objects.get(name="verification").due_at <= timezone.now()  # type: ignore[operator]


def test_the_check_finds_a_checkpoint_that_none_of_our_keys_signed():
    happen(2)
    sign()
    happen(1)
    forged = SignedCheckpoint.objects.get().note.replace("\n2\n", "\n3\n")
    SignedCheckpoint.objects.create(
        origin=ORIGIN, size=3, root=b"x" * 32, note=forged, signed_at=timezone.now()
    )
    assert "is not signed by a key of ours, or was changed." in carry_out("verification").problem


def test_another_worker_that_holds_a_duty_is_left_alone():
    happen(1)
    now = timezone.now()
    duties.make_sure(now=now)
    Duty.objects.filter(name="checkpoint").update(lease="another", due_at=now + timedelta(minutes=9))
    duties.step(Duty.objects.get(name="checkpoint"), clock=timezone.now)
    assert not SignedCheckpoint.objects.exists()
    with pytest.raises(CommandError, match="A worker signs at this moment"):
        call_command("checkpoint")


def test_the_command_signs_now_and_prints_what_was_signed(capsys, tmp_path):
    happen(2)
    call_command("checkpoint")
    note = SignedCheckpoint.objects.get().note
    assert capsys.readouterr().out == note
    assert note.startswith(f"{ORIGIN}\n2\n")
    call_command("checkpoint", "--show-key")
    assert capsys.readouterr().out.startswith(f"{ORIGIN}+")
    call_command("checkpoint", "--make-key", str(tmp_path / "new.pem"))
    assert "KEYCONSOLE_CHECKPOINT_KEY_FILE=" in capsys.readouterr().out
    with pytest.raises(CommandError, match="is there already"):
        call_command("checkpoint", "--make-key", str(tmp_path / "new.pem"))


def test_another_origin_begins_anew_and_the_record_says_so(settings):
    happen(2)
    sign()
    settings.KEYCONSOLE_CHECKPOINT_ORIGIN = f"{ORIGIN}/2"
    assert sign().problem == sign().problem == ""
    renamed = Entry.objects.get(event="record.renamed")
    assert (renamed.data["from"], renamed.data["to"]) == (ORIGIN, f"{ORIGIN}/2")
    assert renamed.data["last_checkpoint"] == SignedCheckpoint.objects.get(origin=ORIGIN).note
    assert SignedCheckpoint.objects.get(origin=f"{ORIGIN}/2").size == 3
    assert carry_out("verification").problem == ""


def test_a_folder_keeps_each_checkpoint_and_gives_the_newest_back(anchor):
    happen(2)
    sign()
    assert carry_out(KEPT).size == 2
    happen(1)
    sign()
    assert [each.behind for each in record_state().kept] == [1]
    carry_out(KEPT)
    assert [each.behind for each in record_state().kept] == [0]
    assert [file.name for file in sorted(anchor.iterdir())] == [
        "000000000002.checkpoint",
        "000000000003.checkpoint",
    ]
    assert Receipt.objects.count() == 2
    carry_out(KEPT)
    assert Receipt.objects.count() == 2
    assert record_state().numbers(now=timezone.now())["record_anchor_directory_lag_entries"] == 0


def test_who_holds_database_data_folder_and_key_is_found_by_the_anchor_alone(anchor):
    happen(3)
    sign()
    carry_out(KEPT)
    with with_the_schemas_rights():
        rewrite(2, actor="eve")
        make_anew(2)
        Receipt.objects.all().delete()
        SignedCheckpoint.objects.all().delete()
    seen.file().unlink()
    assert f"the checkpoint in {anchor}" in sign().problem
    for file in anchor.iterdir():
        file.unlink()
    assert sign().problem == "", "who holds the anchor too is found by nothing here"


def test_a_folder_that_cannot_be_written_shows_its_lag(settings, tmp_path):
    (tmp_path / "file").write_text("no folder")
    settings.KEYCONSOLE_ANCHOR_DIRECTORY = str(tmp_path / "file")
    happen(1)
    assert sign().problem == ""
    duty = carry_out(KEPT)
    assert "cannot be written" in duty.problem
    assert not duty.is_break
    assert [each.behind for each in record_state().kept] == [1]


def test_a_file_that_holds_another_checkpoint_is_not_written_over(anchor):
    happen(1)
    sign()
    anchor.mkdir(parents=True)
    (anchor / "000000000001.checkpoint").write_text("theirs")
    assert "holds another checkpoint of the same size" in carry_out(KEPT).problem
    assert "is not signed by a key of ours, or was changed" in sign().problem


def test_a_place_that_is_no_longer_set_is_not_asked_again(anchor, settings):
    duties.make_sure(now=timezone.now())
    assert Duty.objects.get(name=KEPT).due_at is not None
    settings.KEYCONSOLE_ANCHOR_DIRECTORY = ""
    duties.make_sure(now=timezone.now())
    assert Duty.objects.get(name=KEPT).due_at is None
    assert record_state().kept == ()


def test_workers_have_a_lane_for_it():
    [lane] = [each for each in lanes(threads=1, clock=timezone.now) if each.name == "record"]
    happen(1)
    duties.make_sure(now=timezone.now())
    for duty in lane.rows():
        lane.step(duty)
    assert SignedCheckpoint.objects.count() == 1
