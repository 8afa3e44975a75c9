"""What our sessions of the SDK share, and what they never do."""

from __future__ import annotations

from botocore.session import Session

from keyconsole.kms.sdk import make_session


def hooks_of(session: Session) -> object:
    """Everything that is called around a call, by the name of its event."""
    return session.get_component("event_emitter")._emitter._handlers._root


def test_a_session_has_the_hooks_of_the_sdks_own() -> None:
    assert hooks_of(make_session()) == hooks_of(Session())


def add_a_header(**_: object) -> None:
    """A hook of somebody's."""


def test_what_one_session_is_hooked_with_no_other_has() -> None:
    first = make_session()
    before = hooks_of(Session())
    first.register("before-send.kms", add_a_header)
    assert hooks_of(first) != before
    assert hooks_of(make_session()) == before
