"""What the lines of a request or of a worker's step are about: the request's id, a change, a scan."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

Facts = Mapping[str, str | int]
_facts: ContextVar[Facts] = ContextVar("what log lines are about", default={})  # noqa: B039 - never written to


@contextmanager
def about(**facts: str | int) -> Iterator[None]:
    """For as long as the block lasts, each line that this thread writes carries these facts too."""
    before = _facts.set({**_facts.get(), **facts})
    try:
        yield
    finally:
        _facts.reset(before)


class WithFacts(logging.Filter):
    """On the handler: a line carries what its thread is about, and the `facts` that it brings itself.

    What Django tells of a request names its address, which may hold a link that works once. Its pattern says
    as much, and no more.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        own = getattr(record, "facts", {})
        record.facts = {**own, **{name: fact for name, fact in _facts.get().items() if name not in own}}
        request = getattr(record, "request", None)
        if path := getattr(request, "path", ""):
            match = getattr(request, "resolver_match", None)
            written = path.encode("unicode_escape").decode("ascii")
            pattern = f"/{match.route}" if match else "an address that is none"
            record.msg, record.args = record.getMessage().replace(written, pattern), ()
        return True
