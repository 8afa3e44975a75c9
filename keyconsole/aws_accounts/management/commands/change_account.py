"""`manage.py change_account payments --profile hub …`: changes how an account is entered, and tries it."""

from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from keyconsole.aws_accounts.connection_test import check_connection
from keyconsole.aws_accounts.register import Origin, change_account
from keyconsole.aws_accounts.terminal import account_called, refused, told_of_connection
from keyconsole.aws_accounts.way_in_options import add_options, fields_said
from keyconsole.refusals import Invalid
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = "Change what is said about an AWS account. What no option names stays; an empty text clears it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", metavar="ACCOUNT", help="the account's number or name")
        parser.add_argument("--name", help="the name that people know")
        parser.add_argument(
            "--server-identity", action="store_true", help="enter with what the server itself has"
        )
        parser.add_argument("--fips", action=BooleanOptionalAction, help="use FIPS endpoints")
        parser.add_argument(
            "--dual-stack", action=BooleanOptionalAction, help="use dual-stack (IPv6) endpoints"
        )
        add_options(parser)

    def handle(self, *_: object, **options: Any) -> None:
        account, fields = account_called(options["account"]), fields_said(options)
        try:
            change_account(account, origin=Origin.TERMINAL, by=who_types(), now=timezone.now(), **fields)
        except Invalid as invalid:
            raise refused(invalid) from None
        self.stdout.write(f"Changed {account}.")
        if not options["no_test"]:
            answer = check_connection(account, by=who_types(), now=timezone.now())
            self.stdout.write(told_of_connection(answer))
