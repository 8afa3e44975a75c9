"""What a policy says, as a value: which moves it is about and what they need. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from keyconsole.audit.canonical import sha256_of
from keyconsole.policies.document.parts import Rule, Runs, Selector, Span, Window
from keyconsole.policies.quorum.requirements import Requirement

__all__ = [
    "DEFAULT",
    "SCHEMA",
    "Document",
    "Rule",
    "Rules",
    "Runs",
    "Selector",
    "Span",
    "Window",
    "document_sha256",
]

Document = dict[str, Any]

# The version of the names that `as_json` writes. `past_fields` tells what became of those before.
SCHEMA = 1

# Pages that stand below /policies/ beside each policy's own; a test holds this list against the addresses.
RESERVED_NAMES = frozenset({"explain", "new"})


@dataclass(frozen=True, slots=True)
class Rules:
    name: str
    rule: Rule
    applies_to: Selector = field(default_factory=Selector)
    requirements: tuple[Requirement, ...] = ()
    second_factor: bool = False  # approvals count only where a passkey or a code proved who gave them
    allowed_regions: tuple[str, ...] = ()  # empty: every Region
    ticket_pattern: str = ""
    reason_at_least: int = 0  # characters
    request_lives_hours: int = 72
    approval_lives_hours: int = 24
    windows: tuple[Window, ...] = ()
    freezes: tuple[Span, ...] = ()
    runs: Runs = Runs.AUTOMATIC
    emergency_group: str = ""  # empty: no emergency path
    review_within_hours: int = 72
    frozen: str = ""  # why it is frozen until somebody changes the policy
    # Parts of a stored document that this version of KeyConsole cannot read: they may ask for more.
    unread: tuple[str, ...] = ()

    @property
    def unread_words(self) -> str:
        """The sentence that says so; empty where all is understood."""
        if not self.unread:
            return ""
        more = f" and {len(self.unread) - 5} more" if len(self.unread) > 5 else ""
        return (
            f"This version of KeyConsole does not understand {', '.join(self.unread[:5])}{more} in its rules."
        )

    @property
    def needs_approval(self) -> bool:
        return self.rule == Rule.APPROVE

    @property
    def needs(self) -> tuple[Requirement, ...]:
        """What must be met. A policy that asks nobody is refused when written, and would not pass here."""
        if not self.needs_approval:
            return ()
        return tuple(need for need in self.requirements if need.at_least > 0) or DEFAULT.requirements

    @property
    def rules_sha256(self) -> str:
        """Of the document as it would be written now. A stored one keeps the hash that it was stored with."""
        return document_sha256(self.name, self.as_json())

    def as_json(self) -> Document:
        return {
            "schema": SCHEMA,
            "name": self.name,
            "applies_to": self.applies_to.as_json(),
            "rule": self.rule.value,
            "requirements": [need.as_json() for need in self.requirements],
            "second_factor": self.second_factor,
            "allowed_regions": list(self.allowed_regions),
            "ticket_pattern": self.ticket_pattern,
            "reason_at_least": self.reason_at_least,
            "request_lives_hours": self.request_lives_hours,
            "approval_lives_hours": self.approval_lives_hours,
            "windows": [window.as_json() for window in self.windows],
            "freezes": [span.as_json() for span in self.freezes],
            "runs": self.runs.value,
            "emergency_group": self.emergency_group,
            "review_within_hours": self.review_within_hours,
            "frozen": self.frozen,
        }


# What holds for a key while no policy names it: one of the account's approvers who is not the requester.
DEFAULT = Rules(name="", rule=Rule.APPROVE, requirements=(Requirement(),))


def document_sha256(name: str, document: Document) -> str:
    """The hash that people agree to; an empty document retires the policy of that name."""
    return sha256_of({"policy": name, "document": document})
