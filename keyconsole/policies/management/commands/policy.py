"""`manage.py policy list|show|propose|agree|reject|withdraw|retire|apply`: the same verbs as the pages.

`apply` goes around the approvers, for the first policy and a locked-out team; only this terminal has it.
Ends with 0 done, 1 refused, 2 usage.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.utils import timezone

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.terminal import refused
from keyconsole.people.at_terminal import add_who_acts, who_acts
from keyconsole.people.deciding_command import DecidingCommand, Verbs, Vote
from keyconsole.people.proof import Proof
from keyconsole.policies.cli import policy_table, policy_text, version_text
from keyconsole.policies.document.parse import parse_rules
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.models import Policy, PolicyVersion, VersionState
from keyconsole.policies.versions.apply import apply_at_the_terminal
from keyconsole.policies.versions.effects import effect_lines, effects_of
from keyconsole.policies.versions.horizon import horizon_of, policy_in
from keyconsole.policies.versions.propose import agree, propose, reject, withdraw
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Invalid, Reason, Refused
from keyconsole.terminal import who_types

LARGEST_FILE = 256 * 1024


class Command(DecidingCommand[PolicyVersion]):
    help = "Policies: which moves need whose approval. Changing one needs those whose rule held before."
    metavar, metavar_help = "NAME", "the policy"
    list_help = "every policy and what it is at"
    show_help = "what a policy says, and who has to agree to what is proposed"

    def add_verbs(self, verbs: Verbs) -> None:
        verb = verbs.add_parser("propose", help="propose a policy, or another version of it, as JSON")
        verb.add_argument("file", metavar="FILE", help="the document; - for standard input")
        end = verbs.add_parser("retire", help="propose that a policy ends")
        end.add_argument("named", metavar=self.metavar)
        around = verbs.add_parser(
            "apply", help="put a policy in place without agreement: recorded, never a page"
        )
        around.add_argument("file", metavar="FILE", nargs="?", help="the document; - for standard input")
        around.add_argument("--retire", metavar="NAME", default="", help="end this policy instead")
        around.add_argument(
            "--confirm", metavar="NAME", default="", help="the policy's name, typed beforehand"
        )
        for asked in (verb, end, around):
            asked.add_argument("--why", required=True, help="the reason; it stays in the record")
        for personal in (verb, end):
            add_who_acts(personal)

    def handle(self, *args: object, **options: Any) -> None:
        try:
            super().handle(*args, **options)
        except Invalid as invalid:
            raise refused(invalid) from None

    def listed(self) -> str:
        return policy_table(Policy.objects.prefetch_related("versions"))

    def shown(self, named: str) -> str:
        return policy_text(_policy(named))

    def waiting(self, named: str, *, seen_by: User) -> PolicyVersion:
        return _waiting(named, seen_by=seen_by)

    def agreed(self, proposal: PolicyVersion, vote: Vote, *, sha256: str, comment: str) -> str:
        holds = agree(
            proposal, by=vote.by, sha256=sha256, comment=comment, now=vote.now, via=vote.via, proof=vote.proof
        )
        return f"{proposal} holds from now on." if holds else version_text(proposal, seen_by=vote.by)

    def rejected(self, proposal: PolicyVersion, vote: Vote, *, reason: str) -> None:
        reject(proposal, by=vote.by, reason=reason, now=vote.now, via=vote.via, proof=vote.proof)

    def withdrawn(self, proposal: PolicyVersion, vote: Vote) -> None:
        withdraw(proposal, by=vote.by, now=vote.now, via=vote.via)

    def _propose(self, options: dict[str, Any]) -> None:
        proof = who_acts(options)
        accounts = horizon_of(proof.person).accounts
        rules = _read(options["file"], accounts)
        self._proposed(rules, rules.name, proof, why=options["why"])

    def _retire(self, options: dict[str, Any]) -> None:
        proof = who_acts(options)
        name = _policy(options["named"], seen_by=proof.person).name
        self._proposed(None, name, proof, why=options["why"])

    def _apply(self, options: dict[str, Any]) -> None:
        if bool(options["file"]) == bool(options["retire"]):
            raise CommandError("Name a FILE, or the policy to --retire.", returncode=2)
        rules = None if options["retire"] else _read(options["file"], AwsAccount.objects.all())
        name = rules.name if rules else _policy(options["retire"]).name
        self.stderr.write(effect_lines(effects_of(name, rules)))
        self._ask(name, confirmed=options["confirm"])
        version = apply_at_the_terminal(
            rules, name=name, by=who_types(), why=options["why"], now=timezone.now()
        )
        self.stdout.write(f"{version} holds from now on. Nobody agreed to it; the record says so.")

    def _ask(self, name: str, *, confirmed: str) -> None:
        if not confirmed:
            if not sys.stdin.isatty():
                raise CommandError("Nobody is there to ask: add --confirm NAME.", returncode=2)
            self.stderr.write(f"This puts {name} in place without anybody's agreement. The record says so.")
            confirmed = input(f"Type {name} to go on: ").strip()
        if confirmed != name:
            raise Refused(Reason(Code.NOT_CONFIRMED, "Not confirmed. Nothing was changed."))

    def _proposed(self, rules: Rules | None, name: str, proof: Proof, *, why: str) -> None:
        by, now = proof.person, timezone.now()
        with proof.acting():
            version = propose(rules, name=name, by=by, why=why, now=now, via=proof.via, proof=proof.given)
        self.stdout.write(version_text(version, seen_by=by))


def _policy(name: str, *, seen_by: User | None = None) -> Policy:
    """For a person who acts, what they may not see is not there; the operator reads everything."""
    if seen_by:
        policy = policy_in(horizon_of(seen_by), name)
    else:
        policy = Policy.objects.filter(name=name).first() if name.isprintable() else None
    if policy is None:
        raise CommandError(f"There is no policy {name[:80]!r}.", returncode=2)
    return policy


def _waiting(name: str, *, seen_by: User) -> PolicyVersion:
    policy = _policy(name, seen_by=seen_by)
    version = PolicyVersion.objects.filter(policy=policy, state=VersionState.PROPOSED).first()
    if version is None or not horizon_of(seen_by).holds_version(version):
        raise CommandError(f"Nothing is proposed for {name}.", returncode=1)
    return version


def _read(name: str, accounts: Iterable[AwsAccount]) -> Rules:
    """`accounts`: whose numbers may be told to who wrote their names."""
    try:
        text = sys.stdin.read(LARGEST_FILE + 1) if name == "-" else _file(name)
        if len(text) > LARGEST_FILE:
            raise CommandError("A policy's document is not that large.", returncode=2)
        facts = json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read: {error}.", returncode=2) from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise CommandError(f"{name} is not JSON: {error}.", returncode=2) from None
    return parse_rules(facts, numbers={account.name: account.account_id for account in accounts})


def _file(name: str) -> str:
    with Path(name).open(encoding="utf-8") as file:
        return file.read(LARGEST_FILE + 1)
