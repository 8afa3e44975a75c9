"""Policies as text for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from django.contrib.auth.models import User

from keyconsole.policies.document.parse import stored_rules
from keyconsole.policies.models import Policy, PolicyVersion, VersionState
from keyconsole.policies.versions.effects import effect_lines, effects_of
from keyconsole.policies.versions.horizon import effects_seen, horizon_of
from keyconsole.policies.versions.notifications import told_voters
from keyconsole.policies.versions.votes import Tally, tallies


def policy_table(policies: Iterable[Policy]) -> str:
    return "\n".join(_row(policy) for policy in policies) or "There is no policy: the default holds."


def policy_text(policy: Policy) -> str:
    """What holds, and what is proposed, whole."""
    versions = policy.versions.filter(state__in=[VersionState.ACTIVE, VersionState.PROPOSED])
    parts = [version_text(version) for version in versions.select_related("policy", "proposer")]
    return "\n\n".join(parts) or f"{policy.name} neither holds nor is proposed."


def version_text(version: PolicyVersion, *, seen_by: User | None = None) -> str:
    """With the agreements of accounts that the person may see who acts; the operator reads everything."""
    who = version.proposer.username if version.proposer else "somebody at the terminal"
    lines = [
        f"{version}: {version.state}{', ends the policy' if version.retires else ''}",
        f"sha256 {version.sha256}",
        f"by {who} at {version.proposed_at:%Y-%m-%d %H:%M} UTC: {version.why}",
    ]
    if not version.retires:
        lines.append(json.dumps(version.document, indent=2, ensure_ascii=False))
    if version.state == VersionState.PROPOSED:
        horizon = horizon_of(seen_by) if seen_by else None
        effects = effects_of(version.policy.name, version.rules)
        lines.append(effect_lines(effects_seen(effects, horizon) if horizon else effects))
        every = tallies(version)
        asked = [each for each in every if horizon is None or horizon.holds_account(each.agreement.account)]
        lines += [line for tally in asked for line in tally_lines(tally)]
        lines += told_voters(version, asked, only_these=bool(horizon and not horizon.everywhere))
    return "\n".join(lines)


def _row(policy: Policy) -> str:
    told = [
        f"{version.state} version {version.number}"
        + (" (ends it)" if version.retires else f" {stored_rules(version.document).rule}")
        for version in policy.versions.all()
        if version.state in {VersionState.ACTIVE, VersionState.PROPOSED}
    ]
    return f"{policy.name}: {', '.join(told) or 'does not hold'}"


def tally_lines(tally: Tally) -> Iterator[str]:
    account = tally.agreement.account
    for line in tally.lines:
        agreed = f"agreed: {', '.join(line.filled_by) or 'nobody'}"
        able = ", ".join(tally.still_for(line)) or "nobody"
        missing = f"still {line.missing} of {able}" if line.missing else "met"
        yield f"needs {line.requirement.words} ({account or 'every account'}); {agreed}; {missing}"
