"""Entries as events of OCSF: each is valid by the schema, whatever it holds, and loses nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from keyconsole.audit.events import Event
from keyconsole.audit.export import jsonl_lines
from keyconsole.audit.models import Entry
from keyconsole.audit.ocsf import SCHEMA, ocsf_event
from keyconsole.audit.verifier import FIRST

AT = datetime(2026, 5, 3, 12, 0, 0, 250_000, tzinfo=UTC)
HOSTILE = '=cmd()\r\n<script>\u2028\x07"\\ 鍵'


def entry(
    event: str, *, actor: str = "ana", subject: str = "CR-1", account_id: str = "", **data: Any
) -> Entry:
    return Entry(
        number=7,
        at=AT,
        event=event,
        actor=actor,
        subject=subject,
        account_id=account_id,
        data=data,
        previous=FIRST,
        sha256="a" * 64,
    )


@cache
def validator(version: str) -> Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
    return Draft202012Validator(schema.get_class_schema(class_name="api_activity", profiles=["cloud"]))


def problems(event: dict[str, Any], version: str = SCHEMA) -> list[str]:
    """As a SIEM gets it: through a line of JSON."""
    line = json.loads("".join(jsonl_lines([event])))
    return [error.message for error in validator(version).iter_errors(line)]


@pytest.mark.parametrize("version", [SCHEMA, "1.1.0", "1.8.0"])
@pytest.mark.parametrize("event", Event)
def test_every_event_is_valid_by_the_schema(event: Event, version: str) -> None:
    if version == "1.1.0":  # which knows no app_name
        told = ocsf_event(entry(event))
        del told["actor"]["app_name"]
        assert problems(told, version) == []
        return
    told = ocsf_event(entry(event, account_id="111122223333", key_id="mrk-1", address="10.0.0.1"))
    assert problems(told, version) == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"request_id": 7, "key_id": ["mrk-1"], "address": None},
        {"request_id": HOSTILE, "key_id": HOSTILE, "address": HOSTILE, HOSTILE: {HOSTILE: [HOSTILE]}},
        {"request_id": "", "key_id": "", "address": ""},
    ],
)
def test_whatever_an_entry_holds_the_event_is_valid_and_holds_it_too(data: dict[str, Any]) -> None:
    told = ocsf_event(entry(Event.CHANGE_ANSWERED, actor=HOSTILE, subject=HOSTILE, **data))
    assert problems(told) == []
    assert told["unmapped"]["data"] == data


def test_an_event_of_a_later_version_is_told_without_its_sentence() -> None:
    assert problems(ocsf_event(entry("moon.landed", subject=""))) == []


def test_an_event_says_who_what_when_and_where() -> None:
    told = ocsf_event(entry(Event.CHANGE_REQUESTED, account_id="111122223333", key_id="mrk-1"))
    assert told["time"] == 1777809600250
    assert (told["activity_name"], told["type_uid"], told["status"]) == ("Create", 600301, "Success")
    assert told["actor"]["user"] == {"name": "ana", "type_id": 1, "type": "User"}
    assert told["cloud"] == {"provider": "AWS", "account": {"uid": "111122223333"}}
    assert told["resources"] == [
        {"type": "change", "name": "CR-1"},
        {"type": "multi-Region key", "uid": "mrk-1"},
    ]
    assert told["metadata"]["sequence"] == 7


@pytest.mark.parametrize(
    "actor", ["keyconsole", "worker keys-1:12", "the terminal of keys-1, as OS user root"]
)
def test_what_no_person_did_is_the_systems(actor: str) -> None:
    assert ocsf_event(entry(Event.SCAN_FINISHED, actor=actor))["actor"]["user"]["type"] == "System"


def test_a_refusal_is_a_failure_and_an_emergency_is_loud() -> None:
    assert ocsf_event(entry(Event.PERSON_SIGN_IN_FAILED))["status"] == "Failure"
    assert ocsf_event(entry(Event.EMERGENCY_USED))["severity_id"] == 4
