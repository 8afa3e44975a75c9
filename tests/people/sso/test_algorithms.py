"""Which ways of signing are believed: those of a public key, and of these what discovery names."""

from __future__ import annotations

from typing import Any

import pytest

from keyconsole.people.sso.oidc.discovery import metadata
from keyconsole.people.sso.oidc.provider import the_provider
from tests.sso.hostile_provider import Hostile


@pytest.mark.parametrize(
    ("named", "believed"),
    [
        (["RS256", "HS256", "none"], {"RS256"}),
        (["ES256", "EdDSA", "HS512"], {"ES256", "EdDSA"}),
        (["none"], set()),
        (None, {"RS256"}),
        ("RS512", {"RS256"}),
    ],
)
def test_neither_nothing_nor_our_own_secret_signs(provider: Hostile, named: Any, believed: set[str]) -> None:
    provider.metadata["id_token_signing_alg_values_supported"] = named
    known = the_provider()
    assert known is not None
    assert metadata(known).algorithms == believed
