"""Clients of people who have just proved again who they are, as what weighs asks for."""

from __future__ import annotations

import pytest

from tests.conftest import client_of, prove


def _proved(person):
    client = client_of(person)
    prove(client, person)
    return client


@pytest.fixture
def as_ada(cast):
    return _proved(cast.ada)


@pytest.fixture
def as_ana(cast):
    return _proved(cast.ana)


@pytest.fixture
def as_ben(cast):
    return _proved(cast.ben)


@pytest.fixture
def as_cleo(cast):
    return _proved(cast.cleo)
