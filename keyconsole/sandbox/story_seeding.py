"""Puts the demo story's AWS side on the desk."""

from __future__ import annotations

from .desk import Desk
from .seeding import seed_set


def seed_story(desk: Desk) -> None:
    seed_set(desk, "111122223333", primary="us-east-1", replicas=("eu-west-1",), alias="card-vault")
