"""What a role lacks that could be assumed: one look at each Region's ListKeys, and at the right to move.

No database, and nothing is changed at AWS. Says what it found in one sentence, and nothing of the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.kms.errors import AccessDenied, CredentialsRefused, KmsError, RegionNotEnabled, Unreachable
from keyconsole.kms.sessions import AccountSession
from keyconsole.text import listed

REGIONS_AT_ONCE = 8
MOVE = "kms:UpdatePrimaryRegion"


class Lack(StrEnum):
    DENIED = "denied"
    NOT_ENABLED = "not-enabled"
    UNREACHABLE = "unreachable"
    FAILED = "failed"


_WORDS = {
    Lack.DENIED: "kms:ListKeys is denied in",
    Lack.NOT_ENABLED: "the account has not enabled",
    Lack.UNREACHABLE: "no answer came from",
    Lack.FAILED: "AWS answered with an error in",
}


def what_is_missing(account: AwsAccount, session: AccountSession) -> str:
    """Empty where every Region can be listed and the role may move primaries."""
    try:
        enabled: tuple[str, ...] | None = session.enabled_regions()
    except KmsError as error:
        enabled = None
        if not account.regions:
            return f"Which Regions the account has enabled cannot be read: {error}"
    found = _by_lack(session, account.regions or enabled or (), enabled)
    told = [*_regions_words(found), *_move_words(session)]
    sentence = "; ".join(told)
    return f"{_capital(sentence)}." if told else ""


def _capital(sentence: str) -> str:
    """Names of AWS's keep their letters."""
    return sentence if sentence.startswith("kms:") else sentence[:1].upper() + sentence[1:]


def _by_lack(
    session: AccountSession, regions: tuple[str, ...] | list[str], enabled: tuple[str, ...] | None
) -> Mapping[Lack, list[str]]:
    found: dict[Lack, list[str]] = defaultdict(list)
    ask = [region for region in regions if enabled is None or region in enabled]
    found[Lack.NOT_ENABLED] = [region for region in regions if region not in ask]
    with ThreadPoolExecutor(max_workers=REGIONS_AT_ONCE, thread_name_prefix="connection") as pool:
        for region, lack in zip(ask, pool.map(lambda each: _lack(session, each), ask), strict=True):
            if lack:
                found[lack].append(region)
    return found


def _lack(session: AccountSession, region: str) -> Lack | None:
    try:
        session.kms(region).may_list_keys()
    except AccessDenied:
        return Lack.DENIED
    except (RegionNotEnabled, CredentialsRefused):
        # A Region that is not enabled does not know the account's credentials.
        return Lack.NOT_ENABLED
    except Unreachable:
        return Lack.UNREACHABLE
    except KmsError:
        return Lack.FAILED
    return None


def _regions_words(found: Mapping[Lack, list[str]]) -> Iterator[str]:
    for lack, words in _WORDS.items():
        if regions := sorted(found.get(lack, ())):
            yield f"{words} {listed(regions, 'and')}"


def _move_words(session: AccountSession) -> Iterator[str]:
    own = session.identity
    keys = f"arn:{own.partition}:kms:*:{own.account_id}:key/mrk-*"
    try:
        if not session.iam_allows(MOVE, resource=keys):
            yield f"the role may not move primaries ({MOVE})"
    except AccessDenied:
        yield "whether it may move primaries it may not ask (iam:SimulatePrincipalPolicy)"
    except KmsError:
        yield "whether it may move primaries could not be read from IAM"
