"""A process that brings codes of one person, as the test tells it."""

from __future__ import annotations

from multiprocessing.connection import Connection

from django.contrib.auth.models import User
from django.utils import timezone

from keyconsole.people.factors.verify import prove_by_code
from keyconsole.refusals import Refused


def obey(words: Connection, person: int) -> None:
    words.send("ready")
    while True:
        typed = words.recv()
        try:
            proved = prove_by_code(User.objects.get(pk=person), typed, address="", now=timezone.now())
        except Refused:
            proved = None
        words.send(proved is not None)
