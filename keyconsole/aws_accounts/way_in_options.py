"""The options of commands that say how an account is entered, and what they say."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, cast

from django.core.management.base import CommandError

from keyconsole.aws_accounts.fields import AccountFields
from keyconsole.kms.sessions import Source

# The option's name where it is another than the field's.
_OPTIONS = {
    "profile_name": "profile",
    "env_prefix": "env_keys",
    "use_fips": "fips",
    "use_dual_stack": "dual_stack",
}


def add_options(parser: ArgumentParser) -> None:
    """Every option but the name; one that is left out says nothing."""
    parser.add_argument(
        "--regions", help="Regions to look in, separated by commas; all enabled ones otherwise"
    )
    parser.add_argument("--role-arn", help="a role to assume, on top of any source below")
    parser.add_argument("--external-id", help="sent when the role is assumed")
    parser.add_argument("--session-name", help="the name that CloudTrail shows")
    source = parser.add_argument_group(
        "where the first credentials come from (otherwise as the SDK finds them)"
    )
    source.add_argument("--profile", help="a named profile")
    source.add_argument("--profile-location", help="the file to search for the profile")
    source.add_argument("--env-keys", metavar="PREFIX", help="PREFIX_ACCESS_KEY_ID and so on, or …_FILE")
    source.add_argument("--web-identity-token-file", metavar="FILE")
    source.add_argument("--web-identity-role-arn", metavar="ARN")
    parser.add_argument("--endpoint-url", help="instead of AWS's own addresses")
    parser.add_argument("--no-test", action="store_true", help="do not connect now")


def fields_said(options: dict[str, Any]) -> AccountFields:
    """The fields that the options speak of."""
    said = {name: options.get(_OPTIONS.get(name, name)) for name in AccountFields.__annotations__}
    if said["regions"] is not None:
        said["regions"] = said["regions"].split(",")
    said["source"] = _source(options)
    return cast("AccountFields", {name: value for name, value in said.items() if value is not None})


def _source(options: dict[str, Any]) -> str | None:
    """The one source that the options speak of; two at once are a mistake in the command (status 2)."""
    named = {
        Source.DEFAULT: options.get("server_identity"),
        Source.PROFILE: options["profile"] or options["profile_location"],
        Source.ENV_KEYS: options["env_keys"],
        Source.WEB_IDENTITY: options["web_identity_token_file"] or options["web_identity_role_arn"],
    }
    chosen = [source.value for source, given in named.items() if given]
    if len(chosen) > 1:
        raise CommandError("Name one of --profile, --env-keys and --web-identity-….", returncode=2)
    return chosen[0] if chosen else None
