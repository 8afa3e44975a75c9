"""Who has a shell on the server, as the record and the pages say it."""

from __future__ import annotations

import os
import pwd
import socket


def os_user() -> str:
    """By the process's own number: variables such as USER and LOGNAME say what somebody set them to."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name[:40]
    except KeyError:  # a container may run as a number without a name
        return str(os.getuid())


def host() -> str:
    return socket.gethostname()[:64]


def who_types() -> str:
    """The name that the record gives to the server's operator, who is nobody's account here."""
    return f"the terminal of {host()}, as OS user {os_user()}"
