"""Reads the one address that names the mail server, and fails loudly on nonsense.

smtps://user:password@host speaks TLS from the first byte, smtp+tls:// asks for it (STARTTLS), smtp:// does
without and therefore takes no password; console: prints messages instead of sending them.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_BACKENDS = "django.core.mail.backends."
_PORTS = {"smtps": 465, "smtp+tls": 587, "smtp": 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Without an address no mail is sent at all."""

    backend: str = f"{_BACKENDS}dummy.EmailBackend"
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False


def mail_server(url: str, *, name: str) -> MailServer:
    """Raise ImproperlyConfigured, without the address in it: it may hold a password."""
    if not url:
        return MailServer()
    if url.startswith("console:"):
        return MailServer(backend=f"{_BACKENDS}console.EmailBackend")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        host, port = None, 0
    if not host:
        raise ImproperlyConfigured(
            f"{name} must look like smtps://user:password@host:465, smtp+tls:// or smtp://."
        )
    if parts.scheme == "smtp" and parts.password:
        raise ImproperlyConfigured(f"{name} would send a password in the clear; use smtps:// or smtp+tls://.")
    return MailServer(
        backend=f"{_BACKENDS}smtp.EmailBackend",
        host=host,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
    )
