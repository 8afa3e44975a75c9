"""Runs management commands as a shell does: exit status, standard output, standard error."""

from __future__ import annotations

import io
from typing import Any, NamedTuple

from django.core.management import CommandError, call_command

DONE, REFUSED, USAGE, NOT_KNOWN_YET = 0, 1, 2, 3


class Said(NamedTuple):
    status: int
    out: str
    err: str


def manage(*arguments: Any) -> Said:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stopped:
        return Said(int(stopped.code or 0), out.getvalue(), err.getvalue())
    except CommandError as error:
        return Said(error.returncode, out.getvalue(), err.getvalue() + str(error))
    return Said(DONE, out.getvalue(), err.getvalue())
