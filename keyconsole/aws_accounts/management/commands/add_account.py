"""`manage.py add_account 111122223333 --name payments …`: adds an AWS account and asks it who we are."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from keyconsole.aws_accounts.connection_test import Answer, ask, keep_answer
from keyconsole.aws_accounts.register import Origin, add_account, draft_account
from keyconsole.aws_accounts.terminal import refused, told_of_connection
from keyconsole.aws_accounts.way_in_options import add_options, fields_said
from keyconsole.kms.errors import WrongAccount
from keyconsole.refusals import Invalid
from keyconsole.terminal import who_types


class Command(BaseCommand):
    help = "Add an AWS account: how KeyConsole enters it, and which Regions it looks in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account_id", metavar="ACCOUNT", help="the account number, 12 digits")
        parser.add_argument("--name", required=True, help="the name that people know")
        parser.add_argument("--fips", action="store_true", help="use FIPS endpoints")
        parser.add_argument("--dual-stack", action="store_true", help="use dual-stack (IPv6) endpoints")
        add_options(parser)

    def handle(self, *_: object, **options: Any) -> None:
        account_id, fields, test = str(options["account_id"]), fields_said(options), not options["no_test"]
        here = Origin.TERMINAL
        try:
            # Asked before it is stored: credentials of another account are refused, nothing is kept.
            draft = draft_account(account_id, origin=here, **fields)
            answer = ask(draft) if test else Answer()
            account = add_account(account_id, origin=here, by=who_types(), now=timezone.now(), **fields)
        except Invalid as invalid:
            raise refused(invalid) from None
        except WrongAccount as wrong:
            raise CommandError(f"{wrong} Nothing was stored.", returncode=1) from None
        self.stdout.write(f"Added {account}.")
        if test:
            keep_answer(account, answer, by=who_types(), now=timezone.now())
            self.stdout.write(told_of_connection(answer))
