"""The one OpenID Connect provider, as the environment names it. No row and no page names an endpoint."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Provider:
    discovery_url: str
    client_id: str
    client_secret: str
    name: str  # as the button says it
    scopes: tuple[str, ...]

    @property
    def issuer(self) -> str:
        """What the discovery document has to call itself, but for a last slash (Discovery 1.0, 4.3)."""
        return self.discovery_url.removesuffix(WELL_KNOWN)


WELL_KNOWN = "/.well-known/openid-configuration"


def the_provider() -> Provider | None:
    if not settings.KEYCONSOLE_OIDC_DISCOVERY_URL:
        return None
    return Provider(
        discovery_url=settings.KEYCONSOLE_OIDC_DISCOVERY_URL,
        client_id=settings.KEYCONSOLE_OIDC_CLIENT_ID,
        client_secret=settings.KEYCONSOLE_OIDC_CLIENT_SECRET,
        name=settings.KEYCONSOLE_OIDC_NAME,
        scopes=tuple(dict.fromkeys(["openid", *settings.KEYCONSOLE_OIDC_SCOPES.split()])),
    )
