"""Whether an ID token is the provider's word, now, to us, about this sign-in (OpenID Connect Core 3.1.3.7).

Not by the library that has the rest of signing in: allauth 65 does not verify the signature of a token from
the token endpoint, sends and checks no nonce, and takes userinfo without comparing its subject.
"""

from __future__ import annotations

import hmac
from typing import Any

import jwt

from keyconsole.people.sso.failures import SignInFailed, Why
from keyconsole.people.sso.oidc.discovery import Metadata, signing_keys

SKEW_SECONDS = 60
_WHY: tuple[tuple[type[jwt.PyJWTError], Why], ...] = (
    (jwt.ExpiredSignatureError, Why.TOKEN_EXPIRED),
    (jwt.ImmatureSignatureError, Why.NOT_YET),
    (jwt.InvalidIssuerError, Why.WRONG_ISSUER),
    (jwt.InvalidAudienceError, Why.WRONG_AUDIENCE),
    (jwt.InvalidSignatureError, Why.BAD_SIGNATURE),
    (jwt.InvalidAlgorithmError, Why.NOT_SIGNED),
)


def verified(token: str, about: Metadata, *, client_id: str, nonce: str | None) -> dict[str, Any]:
    """Its claims. Raises SignInFailed. `nonce`: None where none was sent, as when tokens are renewed."""
    claims = _decoded(token, about, client_id=client_id)
    audience = claims["aud"]
    parties = audience if isinstance(audience, list) else [audience]
    if len(parties) > 1 and "azp" not in claims:
        raise SignInFailed(Why.WRONG_AUDIENCE, "several audiences, and no authorized party")
    if claims.get("azp", client_id) != client_id:
        raise SignInFailed(Why.WRONG_AUDIENCE, "another authorized party")
    if nonce is not None and not _same(claims.get("nonce"), nonce):
        raise SignInFailed(Why.NONCE_DIFFERS)
    return claims


def _decoded(token: str, about: Metadata, *, client_id: str) -> dict[str, Any]:
    algorithm, kid = _header(token, about)
    try:
        return _decoded_with(_key(about, algorithm, kid), token, algorithm, about, client_id=client_id)
    except (_NoSuchKeyError, jwt.InvalidSignatureError):
        # Keys are changed without notice: once more with those of this moment.
        pass
    except jwt.PyJWTError as error:
        raise _failed(error) from None
    try:
        key = _key(about, algorithm, kid, anew=True)
        return _decoded_with(key, token, algorithm, about, client_id=client_id)
    except _NoSuchKeyError:
        raise SignInFailed(Why.BAD_SIGNATURE, "signed with a key that the provider does not have") from None
    except jwt.PyJWTError as error:
        raise _failed(error) from None


def _header(token: str, about: Metadata) -> tuple[str, str | None]:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise _failed(error) from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in about.algorithms:
        raise SignInFailed(Why.NOT_SIGNED, f"signed by {str(algorithm)[:20]}")
    return algorithm, kid if isinstance(kid, str) else None


class _NoSuchKeyError(Exception):
    pass


def _key(about: Metadata, algorithm: str, kid: str | None, *, anew: bool = False) -> jwt.PyJWK:
    """By its id; without one, the only key there is."""
    fitting = [
        key
        for key in signing_keys(about, anew=anew)
        if key.get("kty") in {"RSA", "EC", "OKP"}
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
    ]
    if len(fitting) != 1:
        raise _NoSuchKeyError
    try:
        return jwt.PyJWK(fitting[0], algorithm=algorithm)
    except jwt.PyJWTError:
        raise _NoSuchKeyError from None


def _decoded_with(
    key: jwt.PyJWK, token: str, algorithm: str, about: Metadata, *, client_id: str
) -> dict[str, Any]:
    return jwt.decode(
        token,
        key,
        algorithms=[algorithm],
        issuer=about.issuer,
        audience=client_id,
        leeway=SKEW_SECONDS,
        options={"require": ["iss", "sub", "aud", "exp", "iat"]},
    )


def _failed(error: jwt.PyJWTError) -> SignInFailed:
    why = next((why for kind, why in _WHY if isinstance(error, kind)), Why.TOKEN_MALFORMED)
    return SignInFailed(why, str(error))


def _same(found: object, sent: str) -> bool:
    return isinstance(found, str) and bool(sent) and hmac.compare_digest(found.encode(), sent.encode())
