"""What notifications are about. Routes choose among these by name; the help prints each sentence."""

from __future__ import annotations

from keyconsole.described import Described


class Topic(Described):
    """The value is stored and sent; the sentence is its `describes`."""

    CHANGE_NEEDS_YOU = "change.needs_you", "A change waits for your approval."
    CHANGE_ENDED = "change.ended", "A change that you asked for, or were asked about, came to its end."
    CHANGE_APPROVED_BY_OTHER = "change.approved_by_other", "Others approved; nothing waits for you any more."
    EMERGENCY_USED = "emergency.used", "A change ran by the emergency path, without its approvers."
    EMERGENCY_NEEDS_YOU = (
        "emergency.needs_you",
        "An emergency waits for another member of its group: you may agree to it.",
    )
    CHANGE_OVERDUE = "change.overdue", "A change has not settled by its deadline; it goes on being watched."
    WORKER_LOST = "worker.lost", "A worker went silent without having been asked to end."
    RECORD_BROKEN = "record.broken", "The record is no longer what was signed of it, or does not hold."
    REVIEW_DUE = "review.due", "The review of an emergency is due."
    REMINDER = "reminder", "Something still waits."
    POLICY_NEEDS_YOU = "policy.needs_you", "A new version of a policy waits for your agreement."
    ACCOUNT_NEEDS_YOU = "account.needs_you", "Other credentials for an AWS account wait for your agreement."
    ACCOUNT_EDIT_DECIDED = (
        "account.edit_decided",
        "A proposed edit of an AWS account was made, rejected or withdrawn, or ended undecided.",
    )
    ACCOUNT_CHANGED = (
        "account.changed",
        "An AWS account was added, or how it is entered was changed, also at the server's terminal.",
    )
    ACCESS_NEEDS_YOU = "access.needs_you", "What would give somebody power waits for your agreement."
    ACCESS_DECIDED = (
        "access.decided",
        "What you proposed, or what is about you, was agreed to, rejected or withdrawn, or ended undecided.",
    )
    ACCESS_CHANGED = (
        "access.changed",
        "Somebody was given power: by two people, by one where there is no second, or at the terminal.",
    )
    PERSON_CHANGED = (
        "person.changed",
        "A person was disabled or enabled, or somebody made a link to choose a new password for them.",
    )
    ACCESS_REVIEW_NEEDS_YOU = (
        "access_review.needs_you",
        "An access review began: roles and memberships wait for you to confirm or remove them.",
    )
    ACCESS_REVIEW_DUE = (
        "access_review.due",
        "An access review is due soon or overdue, and roles or memberships wait.",
    )
    PERSON_FACTORS_CHANGED = (
        "person.factors_changed",
        "A second factor of yours was added or removed, or a recovery code of yours was used or made anew.",
    )
    PERSON_FACTORS_RESET = (
        "person.factors_reset",
        "All second factors of a person were removed at the server's terminal.",
    )
    POLICY_DECIDED = "policy.decided", "A new version of a policy was agreed, rejected or withdrawn."

    @property
    def asks(self) -> bool:
        """Whether those who hear of it have something to decide."""
        return self.value.endswith(".needs_you") or self in {
            Topic.REVIEW_DUE,
            Topic.REMINDER,
            Topic.ACCESS_REVIEW_DUE,
        }
