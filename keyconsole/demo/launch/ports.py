"""Which ports of this machine are free. Everything here stays on the loopback address."""

from __future__ import annotations

import errno
import socket

HOST = "127.0.0.1"


class PortRefusedError(Exception):
    """One sentence for the person who chose the port."""


def port_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise PortRefusedError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def refuse_taken_port(port: int, *, another: str) -> None:
    """`another` is the command that names a port, with `{port}` where the number goes."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                example = another.format(port=port + 1 if port < 65535 else 8000)
                raise PortRefusedError(
                    f"Port {port} is taken by another program; choose another, for example: {example}"
                ) from None
            raise PortRefusedError(f"Port {port} cannot be opened here: {error.strerror}.") from None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
