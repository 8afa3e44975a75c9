"""Reading the entries again: whatever is changed, taken out or put in, the first that is wrong is named."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyconsole.audit.canonical import canonical_json
from keyconsole.audit.leaf import MOST_BYTES, write
from keyconsole.audit.verifier import FIRST, Checkpoint, Tree, check, leaf_hash

DATA = st.lists(
    st.dictionaries(
        st.text(max_size=8), st.one_of(st.none(), st.integers(), st.text(max_size=8)), max_size=4
    ),
    min_size=1,
    max_size=12,
)


def content(number, data, *, actor="ana"):
    return {
        "number": number,
        "at": "2026-11-23T20:31:07.123456+00:00",
        "event": "change.requested",
        "actor": actor,
        "subject": "CR-1",
        "account_id": "",
        "data": data,
    }


def written(datas, *, actor="ana"):
    entries, previous = [], FIRST
    for number, data in enumerate(datas, start=1):
        leaf, material = write(content(number, data, actor=actor), previous=previous)
        entries.append((number, leaf, material))
        previous = leaf_hash(leaf).hex()
    return entries


def by_the_old_rule(datas):
    """Entries of KeyConsole 0.1.0, with the bytes that the upgrade gave them."""
    entries, previous = [], FIRST
    for number, data in enumerate(datas, start=1):
        told = content(number, data)
        text = canonical_json({"entry": told, "previous": previous})
        digest = sha256(text.encode()).hexdigest()
        whole = {"v": 1, **told, "previous": previous, "sha256": digest}
        leaf = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
        entries.append((number, leaf, None))
        previous = digest
    return entries


def stored(entries):
    hashes = [leaf_hash(leaf) for _, leaf, _ in entries]
    return lambda number: hashes[number - 1] if number <= len(hashes) else None


def checkpoint(entries):
    tree = Tree()
    for _, leaf, _ in entries:
        tree.append(leaf_hash(leaf))
    return Checkpoint("example", tree.size, tree.root(), "")


def forged(entry):
    number, leaf, material = entry
    return number, leaf.replace(b'"actor":"ana"', b'"actor":"eve"'), material


def test_no_entries_are_a_record_that_holds():
    assert check([]).breaks == []


@given(DATA)
def test_an_untouched_record_holds(datas):
    entries = written(datas)
    found = check(entries, [checkpoint(entries)], stored(entries))
    assert (found.breaks, found.intact_up_to) == ([], len(datas))
    assert found.words() == f"Intact: {len(datas)} entries."


@given(DATA, st.data())
def test_an_entry_that_was_changed_is_named_by_the_tree(datas, data):
    entries = written(datas)
    at = data.draw(st.integers(0, len(entries) - 1))
    touched = [*entries[:at], forged(entries[at]), *entries[at + 1 :]]
    found = check(touched, [checkpoint(entries)], stored(entries))
    assert (found.breaks, found.intact_up_to) == ([f"Entry {at + 1} was changed."], at)


@given(DATA, st.data())
def test_without_a_tree_the_entry_after_it_shows_it(datas, data):
    entries = written([*datas, {"last": True}])
    at = data.draw(st.integers(0, len(entries) - 2))
    touched = [*entries[:at], forged(entries[at]), *entries[at + 1 :]]
    assert f"Entry {at + 2} does not follow from entry {at + 1}" in check(touched).breaks[0]


@given(DATA, st.data())
def test_an_entry_that_was_taken_out_is_missing(datas, data):
    entries = written([*datas, {"last": True}])
    at = data.draw(st.integers(0, len(entries) - 2))
    found = check([*entries[:at], *entries[at + 1 :]])
    assert (found.breaks, found.intact_up_to) == ([f"Entry {at + 1} is missing."], at)


@given(DATA, st.data())
def test_one_taken_out_with_the_numbers_closed_up_is_noticed(datas, data):
    entries = written([*datas, {"last": True}])
    at = data.draw(st.integers(0, len(entries) - 2))
    kept = [*entries[:at], *entries[at + 1 :]]
    found = check([(number, leaf, None) for number, (_, leaf, _) in enumerate(kept, start=1)])
    assert found.breaks[0] == f"Entry {at + 1} is not the one that stood there: it calls itself {at + 2}."


@given(DATA, st.data())
def test_one_put_in_is_noticed(datas, data):
    entries = written(datas)
    at = data.draw(st.integers(0, len(entries) - 1))
    entries.insert(at, entries[at])
    renumbered = [(number, leaf, None) for number, (_, leaf, _) in enumerate(entries, start=1)]
    assert check(renumbered).intact_up_to == at + 1


@given(DATA)
def test_a_record_made_anew_is_not_the_one_that_was_signed(datas):
    anew = written(datas, actor="eve")
    found = check(anew, [checkpoint(written(datas))], stored(anew))
    assert found.breaks == [f"Entries 1 to {len(datas)} are not those that were signed."]
    assert found.intact_up_to == 0


def test_how_far_it_is_intact_is_said_by_the_last_checkpoint_that_still_fits():
    entries = written([{"n": n} for n in range(20)])
    anew = entries[:8]
    previous = leaf_hash(anew[-1][1]).hex()
    for number in range(9, 21):
        leaf, _ = write(content(number, {"n": "forged"}), previous=previous)
        anew.append((number, leaf, None))
        previous = leaf_hash(leaf).hex()
    found = check(anew, [checkpoint(entries[:5]), checkpoint(entries)], stored(anew))
    assert found.words() == "Intact up to entry 5. Entries 6 to 20 are not those that were signed."


@given(DATA, st.data())
def test_a_tail_that_was_cut_is_told_by_what_was_signed(datas, data):
    entries = written([*datas, {"last": True}])
    kept = data.draw(st.integers(0, len(entries) - 1))
    found = check(entries[:kept], [checkpoint(entries)])
    assert found.breaks == [f"The record ends at entry {kept}, and {len(entries)} were signed."]
    assert found.intact_up_to == kept


@given(DATA, DATA)
def test_entries_of_the_first_release_are_checked_by_its_rule_and_are_followed_by_ours(old, new):
    entries = by_the_old_rule(old)
    previous = json.loads(entries[-1][1])["sha256"]
    for number, data in enumerate(new, start=len(old) + 1):
        leaf, _ = write(content(number, data), previous=previous)
        entries.append((number, leaf, None))
        previous = leaf_hash(leaf).hex()
    assert check(entries, [checkpoint(entries)], stored(entries)).breaks == []


@given(DATA, st.data())
def test_a_changed_entry_of_the_first_release_is_named_without_any_tree(datas, data):
    entries = by_the_old_rule(datas)
    at = data.draw(st.integers(0, len(entries) - 1))
    found = check([*entries[:at], forged(entries[at]), *entries[at + 1 :]])
    assert found.breaks == [f"Entry {at + 1} was changed: it does not have the hash that it names."]


def test_nobody_goes_back_to_the_rule_of_the_first_release():
    entries = written([{}])
    told = json.loads(entries[0][1])
    late = by_the_old_rule([{}])[0][1].replace(b'"number":1', b'"number":2')
    late = late.replace(FIRST.encode(), leaf_hash(entries[0][1]).hex().encode())
    assert told["number"] == 1
    assert "it does not have the hash" in check([*entries, (2, late, None)]).breaks[0]


def test_what_is_too_long_for_a_leaf_is_held_by_its_hash():
    entries = written([{"document": "x" * 70_000}, {"document": "Ü" * 20_000}])
    (_, leaf, material), (_, short, none) = entries
    assert len(leaf) < 1000
    assert json.loads(leaf)["data_sha256"] == sha256(material).hexdigest()
    assert json.loads(material) == {"document": "x" * 70_000}
    assert len(short) <= MOST_BYTES
    assert none is None
    assert check(entries).breaks == []
    other = [(1, leaf, material.replace(b"x", b"y")), entries[1]]
    assert check(other).breaks == ["What belongs to entry 1 was changed."]


@pytest.mark.parametrize("leaf", [b"", b"{}", b"[1]", b'{"v":1}', b'{"v":1,"number":1}', b"\xff", b"null"])
def test_what_is_no_entry_is_said_to_be_damaged(leaf):
    assert check([(1, leaf, None)]).breaks == ["Entry 1 is damaged."]


def test_the_version_comes_first_and_what_was_written_is_utf_8_as_it_is():
    leaf, _ = write(content(1, {"b": "Ü", "a": 1}), previous=FIRST)
    assert leaf.startswith(b'{"v":1,"number":1,"at":"2026-11-23T20:31:07.123456+00:00","event":')
    assert '"data":{"a":1,"b":"Ü"},"previous":"' in leaf.decode()


def test_canonical_json_does_not_depend_on_the_order_of_keys():
    assert canonical_json({"b": 1, "a": "Ü"}) == canonical_json({"a": "Ü", "b": 1}) == '{"a":"Ü","b":1}'


def test_what_json_cannot_say_is_refused():
    with pytest.raises(ValueError, match="Out of range float"):
        canonical_json({"a": float("nan")})
