"""What tests of two people's agreement share: a proposal of Ada's, and being refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from keyconsole.people.dual_control.kind import Facts
from keyconsole.people.dual_control.kinds import grant_role
from keyconsole.people.dual_control.propose import propose
from keyconsole.people.models import AccessProposal
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Refused
from tests.cast import NOW, Cast

WHY = "Dan joins the team."


def refused(code: Code, act: Callable[..., object], *args: Any, **named: Any) -> str:
    """The sentences with which it is refused."""
    with pytest.raises(Refused) as no:
        act(*args, **named)
    assert code in {reason.code for reason in no.value.reasons}, no.value
    return str(no.value)


def proposed(cast: Cast, facts: Facts) -> AccessProposal:
    return propose(grant_role.NAME, facts, by=cast.ada, why=WHY, now=NOW)
