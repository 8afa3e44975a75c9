"""Where passkeys work: browsers bind each to a host name, and take none at an address made of numbers."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.http import HttpRequest


def host_name(request: HttpRequest) -> str:
    """Without the port, as a browser compares it."""
    return urlsplit(f"//{request.get_host()}").hostname or ""


def passkeys_work(request: HttpRequest) -> bool:
    """A name, and either TLS or this machine: browsers ask for both."""
    name = host_name(request)
    return not _is_number(name) and (request.is_secure() or _is_this_machine(name))


def address_for_passkeys(request: HttpRequest) -> str:
    """The same page at the name of this machine, where a number stands for it; empty elsewhere."""
    name = host_name(request)
    if not _is_number(name) or not ip_address(name).is_loopback:
        return ""
    port = urlsplit(f"//{request.get_host()}").port
    return f"{request.scheme}://localhost{f':{port}' if port else ''}{request.get_full_path()}"


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_this_machine(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost")
