"""The threat model: what is worth protecting, from whom, what each can still do, and what finds it.

Help shows it, and SECURITY.md holds the same sentences, which a test compares.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asset:
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Threat:
    who: str
    can: str
    prevents: str
    finds: str


ASSETS = (
    Asset(
        "Where primaries are",
        "A move that nobody agreed to turns around key policies and pipelines that ask which Region is "
        "primary. It is never the keys themselves: no key material comes here, and the IAM role that "
        "KeyConsole's pages show can neither decrypt nor sign.",
    ),
    Asset(
        "The record",
        "Who asked, who agreed to what, and what AWS answered, in order.",
    ),
    Asset(
        "What is known about keys",
        "Accounts, aliases, policies, Regions.",
    ),
    Asset(
        "Proofs of people",
        "Passwords, second factors, personal tokens, sessions.",
    ),
    Asset(
        "The way into AWS",
        "The worker's credentials, which stay where the worker finds them.",
    ),
)

THREATS = (
    Threat(
        "Somebody outside who reaches the sign-in page",
        "Guess passwords, slowly. See whether it is well. Send "
        "more than a server carries, where the proxy has no limits.",
        "No page opens without a sign-in, and nobody makes themselves a person (single sign-on makes them"
        " without a role). Wrong passwords are counted by person and address, and an unknown name gets "
        "the same answer. Forms carry a token, cookies travel over TLS alone, and no page runs or loads "
        "what is not KeyConsole's own.",
        "The event person.sign_in_failed, with its address; the proxy's log and KeyConsole's, by request.",
    ),
    Threat(
        "A requester",
        "Ask again and again, with reasons that mislead. Move alone what a policy leaves to one person.",
        "Who asks never counts among who agrees. People agree to one exact plan by its SHA-256, which "
        "stands beside the reason, and that plan runs or nothing.",
        "Each request is an event, and who has to agree is written to where e-mail or a route reaches them.",
    ),
    Threat(
        "An approver",
        "Agree without looking. Together with a requester, move what a policy lets one approver decide; "
        "two who conspire pass a policy that asks for two.",
        "How many, and of which groups, is the policy's. Approving takes a fresh proof, and a second "
        "factor where the policy asks for one. Whether they may still agree is asked again before it runs.",
        "Each vote stands in the record and on the page, with its proof and the plan's hash.",
    ),
    Threat(
        "An administrator of one AWS account",
        "See and scan it, read its record, cancel its changes. Propose who gets which role there, and how "
        "it is entered, and find somebody who agrees.",
        "What gives power is done when another agrees who may, and nobody gives anything to themselves. Of "
        "the server's profiles, variables and addresses a page offers those that its operator has named. "
        "Other accounts do not exist for them.",
        "Proposals and agreements are events; who decides is written to where e-mail or a route "
        "reaches them.",
    ),
    Threat(
        "An administrator of all accounts",
        "The same everywhere; make requesters, and so move what a policy leaves to one; choose where "
        "messages go; read and export the whole record. With a second administrator, give anybody any "
        "role. Act alone as long as there never was a second.",
        "Two people for roles, groups of approvers, mappings of SSO groups, lifting a freeze and account "
        "entry. Policies change by the agreement that they ask for now.",
        "Each grant is an event with who proposed and who agreed; who acted alone stands there as such.",
    ),
    Threat(
        "The operator with a shell on the server",
        "Everything that the server can: read its secrets, call AWS with the worker's role, give "
        "passwords, roles and policies at the terminal, write to the database, cut off the record's end or "
        "make all of it anew.",
        "Nothing here; AWS does: what the role may, on which keys. Requests and votes in somebody's name "
        "take that person's password or token at the terminal, too; emergencies their password.",
        "The record names the terminal, its host and the OS user. CloudTrail has each call, to lay beside "
        "the record. Checkpoints that an anchor keeps show a record that was cut or "
        "rewritten. A scan shows the move as out of band.",
    ),
    Threat(
        "The thief of a session or a token",
        "See what its person sees. Ask in their name for what others decide; comment, reject, cancel, "
        "take back. All that until the session ends: an hour after the last click and twelve after the "
        "sign-in, unless set otherwise. A personal token also approves and runs where no second factor is"
        " asked for, on a host that reaches the database, until it is ended or a year is over.",
        "Scripts cannot read the cookie, and it goes to this host alone, over TLS. Approving, running, "
        "moves without approval, emergencies, policies, roles, account entry and exports ask for a fresh "
        "proof. An emergency never takes a token. A new password ends its person's sessions.",
        "What was done stands in the record under the person's name, and at the terminal under its host's: "
        "the person knows what they did not do.",
    ),
    Threat(
        "The thief of a backup",
        "Read the inventory, the record, the policies and people's names. Try passwords against their "
        "hashes. Use a session that was alive when the backup was made, until it ends.",
        "No credential of AWS and no address of a route stands in it. Passwords and tokens are kept as "
        "hashes; secrets of second factors are encrypted with the secret key, which is kept apart.",
        "Nothing here. Encrypt backups; after a loss, give people new passwords, which ends their sessions.",
    ),
    Threat(
        "A compromised identity provider",
        "Sign in as anybody whom it vouches for, with the roles that its groups are mapped to.",
        "Only the configured one is believed, for each answer once. Mapping a group takes two "
        "people. A policy that asks for a second factor asks for one that is set up here, which the "
        "provider does not hold, unless KEYCONSOLE_OIDC_SECOND_FACTOR_AMR takes its word.",
        "Sign-ins, and roles that groups bring or take, are events.",
    ),
    Threat(
        "Somebody in AWS who moves keys past KeyConsole",
        "Move any primary that their own rights allow, with nobody's approval here; or take the role away, "
        "so that nothing can be seen.",
        "Nothing here; AWS does: a service control policy or key policies that leave "
        "kms:UpdatePrimaryRegion to KeyConsole's role.",
        "The next scan, hourly unless set otherwise, shows the move as out of band and records "
        "key.primary_moved. What could not be looked at is shown as denied, and never as empty. CloudTrail "
        "names who it was.",
    ),
    Threat(
        "A malicious dependency",
        "Everything that the process can, as the operator: it is in the same program.",
        "Every version is pinned and every file of a deployment locked by its hash. Pages load nothing "
        "from others. What is needed to test or for the demo is not installed in a deployment.",
        "make audit, for what is known of it; make sbom, for what runs where. CloudTrail beside the record "
        "shows calls that no change here explains.",
    ),
)

HELPS_MOST = (
    "Leave kms:UpdatePrimaryRegion to KeyConsole's role alone, by a service control policy.",
    "Keep checkpoints of the record where the server's operators cannot write.",
    "Have two administrators of all accounts, and second factors for everybody who approves.",
    "Let those who operate the server be others than those who approve.",
)


def as_markdown() -> str:
    """As SECURITY.md holds it."""
    assets = [f"- **{asset.name}.** {asset.why}" for asset in ASSETS]
    threats = [
        f"### {threat.who}\n\n- Can still: {threat.can}\n- What prevents more: {threat.prevents}\n"
        f"- What finds it: {threat.finds}\n"
        for threat in THREATS
    ]
    helps = [f"{number}. {sentence}" for number, sentence in enumerate(HELPS_MOST, start=1)]
    return "\n".join(["What is worth protecting:\n", *assets, "\nWhat helps most:\n", *helps, "", *threats])
