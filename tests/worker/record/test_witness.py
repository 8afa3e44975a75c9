"""A witness cosigns what follows; it is what finds the holder of database, data folder and signing key."""

from __future__ import annotations

import pytest

from keyconsole.audit.anchors.witness import WitnessKey
from keyconsole.audit.models import Entry, Receipt, SignedCheckpoint
from keyconsole.audit.state import record_state
from keyconsole.audit.verifier import Checkpoint
from keyconsole.worker.record import seen
from tests.audit.tampering import with_the_schemas_rights
from tests.worker.record.given import carry_out, checked, export, happen, make_anew, rewrite, sign
from tests.worker.record.witness_server import NAME, WitnessServer, listening

pytestmark = pytest.mark.django_db
COSIGNED = "anchor: witness"


@pytest.fixture
def witness(settings):
    server = WitnessServer()
    with listening(server) as url:
        settings.KEYCONSOLE_ANCHOR_WITNESS_URL = url
        settings.KEYCONSOLE_ANCHOR_WITNESS_KEY = server.key
        yield server


def test_a_checkpoint_is_cosigned_and_the_exported_one_has_its_line(witness, tmp_path):
    for count in (3, 300, 1):
        happen(count)
        assert sign().problem == carry_out(COSIGNED).problem == ""
    assert [each.behind for each in record_state().kept] == [0]
    assert (Receipt.objects.count(), witness.asked) == (3, 3)
    folder = export(tmp_path / "export")
    text = (folder / "checkpoint").read_text()
    line = text.splitlines()[-1]
    assert line.startswith(f"\N{EM DASH} {NAME} ")
    assert WitnessKey.parse(witness.key).cosigned(line, Checkpoint.parse(text).body)
    assert not WitnessKey.parse(witness.key).cosigned(line, Checkpoint.parse(text).body + "x")
    assert checked(folder).breaks == []


def test_a_witness_that_has_seen_more_of_it_than_we_remember_is_asked_from_there(witness):
    happen(5)
    sign()
    carry_out(COSIGNED)
    Receipt.objects.all().delete()
    happen(2)
    sign()
    assert carry_out(COSIGNED).problem == ""
    assert witness.asked == 3


def take_everything_over(*, cut: int = 0):
    with with_the_schemas_rights():
        Receipt.objects.all().delete()
        SignedCheckpoint.objects.all().delete()
        if cut:
            Entry.objects.filter(number__gte=cut).delete()
        else:
            rewrite(2, actor="eve")
        make_anew(1)
    seen.file().unlink()


def test_a_record_made_anew_by_who_holds_the_key_is_found_by_the_witness(witness):
    happen(5)
    sign()
    carry_out(COSIGNED)
    take_everything_over()
    happen(1)
    assert sign().problem == "", "the signer has nothing left that knows better"
    duty = carry_out(COSIGNED)
    assert duty.problem == "The record does not follow from what the witness has seen of it."
    assert duty.is_break
    assert Entry.objects.filter(event="record.broken").count() == 1


def test_a_record_cut_short_is_found_by_the_witness(witness):
    happen(5)
    sign()
    carry_out(COSIGNED)
    take_everything_over(cut=4)
    assert sign().problem == ""
    assert carry_out(COSIGNED).problem == "The record was signed up to entry 3, and the witness saw 5."


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((200, ""), "answered with no cosignature by its key"),
        ((200, f"\N{EM DASH} {NAME} AAAA\n"), "answered with no cosignature by its key"),
        ((500, ""), "answered 500"),
        ((302, ""), "answered 302"),
        ((409, "much"), "did not say how far"),
    ],
)
def test_what_is_no_cosignature_is_lag_and_no_alarm(witness, monkeypatch, answer, problem):
    monkeypatch.setattr(witness, "answer", lambda _: answer)
    happen(1)
    sign()
    duty = carry_out(COSIGNED)
    assert problem in duty.problem
    assert not duty.is_break
    assert [each.behind for each in record_state().kept] == [1]


def test_one_that_is_not_there_or_whose_key_is_none_is_lag(settings):
    settings.KEYCONSOLE_ANCHOR_WITNESS_URL = "http://127.0.0.1:1"
    happen(1)
    sign()
    assert "is not the public key of a witness" in carry_out(COSIGNED).problem
    settings.KEYCONSOLE_ANCHOR_WITNESS_KEY = WitnessServer().key
    assert carry_out(COSIGNED).problem == "The witness could not be reached."
