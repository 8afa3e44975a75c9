"""`manage.py add_account 111122223333 --name payments …`: adds an AWS account and asks it who we are."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.aws_accounts.connection_test import keep_answer, who_we_are
from keyconsole.aws_accounts.fields import AccountFields
from keyconsole.aws_accounts.register import add_account, draft_account
from keyconsole.aws_accounts.terminal import refused, who_types
from keyconsole.kms.errors import WrongAccount
from keyconsole.kms.facts import Identity
from keyconsole.kms.sessions import Source
from keyconsole.refusals import Invalid


class Command(BaseCommand):
    help = "Add an AWS account: how KeyConsole enters it, and which Regions it looks in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account_id", metavar="ACCOUNT", help="the account number, 12 digits")
        parser.add_argument("--name", required=True, help="the name that people know")
        parser.add_argument(
            "--unit", default="", help="where it stands in the organisation, such as prod/payments"
        )
        parser.add_argument(
            "--regions",
            default="",
            help="Regions to look in, separated by commas; all enabled ones otherwise",
        )
        parser.add_argument("--role-arn", default="", help="a role to assume, on top of any source below")
        parser.add_argument("--external-id", default="", help="sent when the role is assumed")
        parser.add_argument("--session-name", default="", help="the name that CloudTrail shows")
        source = parser.add_argument_group(
            "where the first credentials come from (otherwise as the SDK finds them)"
        )
        source.add_argument("--profile", default="", help="a named profile")
        source.add_argument("--profile-location", default="", help="the file to search for the profile")
        source.add_argument(
            "--env-keys", default="", metavar="PREFIX", help="PREFIX_ACCESS_KEY_ID and so on, or …_FILE"
        )
        source.add_argument("--web-identity-token-file", default="", metavar="FILE")
        source.add_argument("--web-identity-role-arn", default="", metavar="ARN")
        parser.add_argument("--endpoint-url", default="", help="instead of AWS's own addresses")
        parser.add_argument("--fips", action="store_true", help="use FIPS endpoints")
        parser.add_argument("--dual-stack", action="store_true", help="use dual-stack (IPv6) endpoints")
        parser.add_argument("--no-test", action="store_true", help="do not connect now")

    def handle(self, *_: object, **options: Any) -> None:
        account_id, fields, test = str(options["account_id"]), _fields(options), not options["no_test"]
        try:
            # Asked before it is stored: credentials of another account are refused, nothing is kept.
            answer = who_we_are(draft_account(account_id, **fields)) if test else ""
            account = add_account(account_id, by=who_types(), now=timezone.now(), **fields)
        except Invalid as invalid:
            raise refused(invalid) from None
        except WrongAccount as wrong:
            raise CommandError(f"{wrong} Nothing was stored.", returncode=1) from None
        self.stdout.write(f"Added {account}.")
        if test:
            keep_answer(account, answer, by=who_types(), now=timezone.now())
            self.stdout.write(_told(answer))


def _told(answer: Identity | str) -> str:
    if isinstance(answer, Identity):
        return f"Connected as {answer.arn}."
    return f"KeyConsole cannot enter it yet: {answer}"


def _fields(options: dict[str, Any]) -> AccountFields:
    return AccountFields(
        name=options["name"],
        unit=options["unit"],
        regions=options["regions"].split(","),
        source=_source(options),
        profile_name=options["profile"],
        profile_location=options["profile_location"],
        env_prefix=options["env_keys"],
        web_identity_token_file=options["web_identity_token_file"],
        web_identity_role_arn=options["web_identity_role_arn"],
        role_arn=options["role_arn"],
        external_id=options["external_id"],
        session_name=options["session_name"],
        endpoint_url=options["endpoint_url"],
        use_fips=options["fips"],
        use_dual_stack=options["dual_stack"],
    )


def _source(options: dict[str, Any]) -> str:
    """The one source that the options speak of; two at once are a mistake in the command (status 2)."""
    named = {
        Source.PROFILE: options["profile"] or options["profile_location"],
        Source.ENV_KEYS: options["env_keys"],
        Source.WEB_IDENTITY: options["web_identity_token_file"] or options["web_identity_role_arn"],
    }
    chosen = [source for source, given in named.items() if given]
    if len(chosen) > 1:
        raise CommandError("Name one of --profile, --env-keys and --web-identity-….", returncode=2)
    return (chosen or [Source.DEFAULT])[0].value
