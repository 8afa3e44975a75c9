"""What somebody may not see is not there for the commands that act for them either."""

from __future__ import annotations

import pytest

from keyconsole.changes.batches.part import part_seen_by
from keyconsole.changes.models import Change
from tests.cast import PASSWORD
from tests.changes.commands import manage
from tests.web.hidden_world import HIDDEN, HIDDEN_KEY, OWN, World, make_world

pytestmark = pytest.mark.django_db
HASH = "0" * 64
MOVE = ("--primary-region", "eu-west-1", "--reason", "x", "--force")
DECIDE = (("approve", "--plan", HASH), ("cancel",), ("run",), ("reject", "--reason", "x"))
VOTE = (("withdraw",), ("reject", "--why", "x"), ("retire", "--why", "x"), ("agree", "--sha256", HASH))
NO_KEY, NOBODY = "mrk-feed0000000000000000000000000001", "123454321000"


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)
    return make_world()


def arn(account_id, key_id):
    return f"arn:aws:kms:us-east-1:{account_id}:key/{key_id}"


def pairs(world: World):
    """A command that names something hidden, and the same with what nobody has."""
    ref, batch = world.hidden_change.ref, world.hidden_batch.ref
    for verb in (*DECIDE, ("withdraw",)):
        yield ("change", verb[0], ref, *verb[1:]), ("change", verb[0], "CR-99", *verb[1:])
    for verb in DECIDE:
        yield ("batch", verb[0], batch, *verb[1:]), ("batch", verb[0], "BR-99", *verb[1:])
    yield ("put_back", batch, "--force"), ("put_back", "BR-99", "--force")
    for command in ("update_primary_region", "request_batch", "break_glass"):
        move = MOVE[:-1] if command == "break_glass" else MOVE
        yield (command, HIDDEN_KEY, *move), (command, NO_KEY, *move)
        yield (command, arn(HIDDEN, HIDDEN_KEY), *move), (command, arn(NOBODY, NO_KEY), *move)
        yield (command, "mrk-x", *move, "--account", HIDDEN), (command, "mrk-x", *move, "--account", NOBODY)
        named = [(command, "mrk-x", *move, "--account", name) for name in ("veiled-archive", "nothing-there")]
        yield named[0], named[1]
    for verb in VOTE:
        yield ("policy", verb[0], "veiled-vaults", *verb[1:]), ("policy", verb[0], "nothing-there", *verb[1:])


@pytest.mark.parametrize("name", ["pia", "dan"])
def test_a_command_answers_what_is_hidden_as_what_is_not_there(world: World, name: str) -> None:
    ids = {
        HIDDEN,
        NOBODY,
        HIDDEN_KEY,
        NO_KEY,
        world.hidden_change.ref,
        "CR-99",
        world.hidden_batch.ref,
        "BR-99",
    }
    ids |= {"veiled-vaults", "nothing-there", "veiled-archive"}
    for hidden, missing in pairs(world):
        answers = []
        for arguments in (hidden, missing):
            said = manage(*arguments, "--as", name)
            text = f"{said.status} {said.out} {said.err}"
            for each in sorted(ids, key=len, reverse=True):
                text = text.replace(each, "ID")
            answers.append(text)
        assert answers[0] == answers[1], hidden
    assert not world.traces.search(answers[0])


def test_who_acts_on_a_batch_is_shown_the_lines_that_they_see(world: World) -> None:
    plan = part_seen_by(world.pia, world.mixed).plan_sha256
    for options in ((), ("--json",)):
        said = manage("batch", "approve", world.mixed.ref, "--plan", plan, "--as", "pia", *options)
        assert world.traces.search(said.out + said.err) is None
    approved = Change.objects.filter(batch=world.mixed, approvals__approver=world.pia)
    assert [line.key.account.account_id for line in approved] == [OWN, OWN]


def test_a_proposal_at_the_terminal_names_no_hidden_agreement(world: World, tmp_path) -> None:
    said = manage("policy", "withdraw", "common", "--as", "ada")
    assert said.status == 0
    file = tmp_path / "common.json"
    file.write_text('{"name": "common", "rule": "approve", "requirements": [{"group": "", "at_least": 1}]}')
    said = manage("policy", "propose", file, "--why", "x", "--as", "pia")
    assert world.traces.search(said.out + said.err) is None
